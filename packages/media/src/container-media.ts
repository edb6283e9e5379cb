import {
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny';
import { AAC_RATES_HZ, parseAacConfig } from './aac-config.ts';
import { createAacDecoder } from './aac-decoder.ts';
import { createContainerSource } from './container-source.ts';
import { ebmlEndByte } from './ebml-size.ts';
import { SUPPORTED_MEDIA } from './formats.ts';
import { surveyBoxes } from './isobmff-guard.ts';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { createMp3Decoder } from './mp3-decoder.ts';
import { MPEG_FRAMES } from './mpeg-frame.ts';
import { parseOpusHead } from './opus-head.ts';
import { createOpusPacketDecoder, OPUS_CLOCK_HZ } from './opus-packet-decoder.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { PacketTally } from './packet-tally.ts';
import { cropped, lengthOf, type SoundBlock } from './sound-block.ts';
import { createVorbisDecoder, unlaceVorbisHeaders } from './vorbis-decoder.ts';

/** How the packets of a track become sound. */
interface TrackCodec {
  readonly codec: 'aac' | 'mp3' | 'opus' | 'vorbis';
  readonly channelCount: number;
  readonly sampleRateHz: number;
  /** Length of what the decoder gives before the sound begins, if the codec itself says so. */
  readonly preSkipSeconds: number;
  createDecoder(tally: PacketTally): Promise<PacketDecoder>;
}

const HEAD_BYTES = 4096;
// Two packets of AAC at 8 kHz; a longer excess is a wrong time.
const MAX_PADDING_SECONDS = 0.3;

/** Opens the first audio track of an MP4, QuickTime, WebM or Matroska file. */
export async function openContainer(source: MediaSource, container: 'mp4' | 'webm'): Promise<MediaTrack> {
  const isCutOff = container === 'mp4' ? (await surveyBoxes(source)).isTruncated : await isEbmlCutOff(source);
  const input = openInput(source);
  try {
    const [track] = await input.getAudioTracks();
    if (track === undefined && isCutOff) throw new MediaError('media_damaged', 'the file breaks off before its first audio track');
    if (track === undefined) throw new MediaError('unsupported_media', `this file has no audio track; ${SUPPORTED_MEDIA} can be decoded`);
    const trackCodec = await codecOf(track);
    checkShape(trackCodec.channelCount, trackCodec.sampleRateHz);
    const statedSeconds = await track.getDurationFromMetadata();
    return containerTrack({ input, track, trackCodec, container, isCutOff, statedSeconds });
  } catch (error) {
    input.dispose();
    throw error;
  }
}

function containerTrack(opened: {
  input: Input;
  track: InputAudioTrack;
  trackCodec: TrackCodec;
  container: 'mp4' | 'webm';
  isCutOff: boolean;
  statedSeconds: number | null;
}): MediaTrack {
  const { input, track, trackCodec, container, statedSeconds } = opened;
  const { codec, sampleRateHz, channelCount } = trackCodec;
  const walk = { isBroken: opened.isCutOff };
  const hasStated = statedSeconds !== null && Number.isFinite(statedSeconds) && statedSeconds >= 0;
  return {
    description: { container, codec, sampleRateHz, channelCount, statedDurationMs: hasStated ? 1000 * statedSeconds : undefined },
    get isTruncated() {
      return walk.isBroken;
    },
    async *blocks() {
      const decoder = await trackCodec.createDecoder(new PacketTally());
      try {
        yield* soundOf(packetsOf(track, walk), decoder, { preSkipSeconds: trackCodec.preSkipSeconds, isExact: container === 'mp4' });
      } finally {
        decoder.close();
        input.dispose();
      }
    },
  };
}

/** Decodes packets; what stands before time 0, and behind the end of the last packet where times are exact, is cut off. */
async function* soundOf(
  packets: AsyncIterable<EncodedPacket>,
  decoder: PacketDecoder,
  options: { preSkipSeconds: number; isExact: boolean },
): AsyncGenerator<SoundBlock> {
  let skipSeconds: number | undefined;
  let endSeconds = Number.POSITIVE_INFINITY;
  let emittedSeconds = 0;
  let held: SoundBlock | undefined;

  function* emit(block: SoundBlock | undefined): Generator<SoundBlock> {
    if (block === undefined) return;
    const skipped = Math.min(lengthOf(block), Math.round((skipSeconds ?? 0) * block.sampleRateHz));
    skipSeconds = (skipSeconds ?? 0) - skipped / block.sampleRateHz;
    if (held !== undefined) yield held;
    held = cropped(block, skipped);
    emittedSeconds += lengthOf(held) / block.sampleRateHz;
  }

  for await (const packet of packets) {
    // Encoders put some samples before the sound; the edit list of MP4 gives them times below 0.
    skipSeconds ??= Math.max(options.preSkipSeconds, -packet.timestamp, 0);
    if (options.isExact) endSeconds = packet.timestamp + packet.duration;
    yield* emit(await decoder.decode(packet.data));
  }
  yield* emit(await decoder.flush());
  if (held === undefined) return;
  const excessSeconds = Math.max(0, emittedSeconds - endSeconds);
  const excessSamples = excessSeconds > MAX_PADDING_SECONDS ? 0 : Math.round(excessSeconds * held.sampleRateHz);
  yield cropped(held, 0, lengthOf(held) - excessSamples);
}

/** The packets in order. Where the container itself is damaged they end: nothing behind the damage can be found. */
async function* packetsOf(track: InputAudioTrack, walk: { isBroken: boolean }): AsyncGenerator<EncodedPacket> {
  const sink = new EncodedPacketSink(track);
  try {
    for (let packet = await sink.getFirstPacket(); packet !== null; packet = await sink.getNextPacket(packet)) yield packet;
  } catch (error) {
    if (error instanceof MediaError) throw error;
    walk.isBroken = true;
  }
}

async function codecOf(track: InputAudioTrack): Promise<TrackCodec> {
  const codec = await track.getCodec();
  const config = codec === null ? null : await track.getDecoderConfig();
  const description = bytesOf(config?.description);
  switch (codec) {
    case 'aac': {
      const aac = parseAacConfig(description);
      const coreRateHz = AAC_RATES_HZ[aac.rateIndex] ?? 0;
      return plainCodec('aac', aac.channelConfig, coreRateHz, (tally) => createAacDecoder(aac, tally));
    }
    case 'mp3': {
      // QuickTime's field says 2 for everything.
      const packet = await new EncodedPacketSink(track).getFirstPacket();
      const header = packet === null || packet.data.length < MPEG_FRAMES.headerBytes ? undefined : MPEG_FRAMES.parse(packet.data, 0);
      if (header?.layer !== 3) throw new MediaError('media_damaged', 'the first packet of the MP3 track is none');
      return plainCodec('mp3', header.channelCount, header.sampleRateHz, (tally) => createMp3Decoder(header, tally));
    }
    case 'vorbis': {
      const headers = unlaceVorbisHeaders(description);
      return plainCodec('vorbis', headers.channelCount, headers.sampleRateHz, (tally) => createVorbisDecoder(headers, tally));
    }
    case 'opus': {
      const head = parseOpusHead(description);
      const preSkipSeconds = head.preSkipSamples / OPUS_CLOCK_HZ;
      return { ...plainCodec('opus', head.channelCount, OPUS_CLOCK_HZ, (tally) => createOpusPacketDecoder(head, tally)), preSkipSeconds };
    }
    default:
      throw new MediaError(
        'unsupported_media',
        `the audio track is written in ${codec ?? 'an unknown codec'}, which cannot be decoded; ${SUPPORTED_MEDIA} can`,
      );
  }
}

function plainCodec(
  codec: TrackCodec['codec'],
  channelCount: number,
  sampleRateHz: number,
  createDecoder: TrackCodec['createDecoder'],
): TrackCodec {
  return { codec, channelCount, sampleRateHz, preSkipSeconds: 0, createDecoder };
}

function openInput(source: MediaSource): Input {
  Logging.level = LogLevel.Silent;
  return new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA],
    source: createContainerSource(source),
  });
}

async function isEbmlCutOff(source: MediaSource): Promise<boolean> {
  const endByte = ebmlEndByte(await source.read(0, Math.min(HEAD_BYTES, source.sizeBytes)));
  return endByte !== undefined && endByte > source.sizeBytes;
}

function bytesOf(description: AllowSharedBufferSource | undefined): Uint8Array {
  if (description === undefined) return new Uint8Array(0);
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
}
