import { ByteStream } from './byte-stream.ts';
import { SUPPORTED_MEDIA } from './formats.ts';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { MONO_RATE_HZ } from './mono-stream.ts';
import { OggPackets } from './ogg-packets.ts';
import type { OggPage } from './ogg-page.ts';
import { OggPages } from './ogg-pages.ts';
import { OggTimeline } from './ogg-timeline.ts';
import { parseOpusHead } from './opus-head.ts';
import { createOpusPacketDecoder, OPUS_CLOCK_HZ } from './opus-packet-decoder.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { PacketTally } from './packet-tally.ts';
import { createVorbisDecoder, parseVorbisHeaders } from './vorbis-decoder.ts';

/** One stream of an Ogg file, its headers read. */
interface OggLink {
  readonly codec: 'opus' | 'vorbis';
  readonly serial: number;
  readonly channelCount: number;
  /** Rate of what the decoder gives, in hertz. */
  readonly sampleRateHz: number;
  /** Rate of the positions in the pages, in hertz. */
  readonly clockHz: number;
  /** Samples at the decoder's rate before the sound begins. */
  readonly preSkipSamples: number;
  readonly assembler: OggPackets;
  createDecoder(tally: PacketTally): Promise<PacketDecoder>;
}

const OPUS_HEADERS = 2;
// A file of nothing but beginnings must not fill the memory.
const MAX_STREAMS = 64;

/** Opens an Ogg file with Opus or Vorbis, several streams one after the other included. */
export async function openOgg(source: MediaSource, startByte: number): Promise<MediaTrack> {
  const first = await readLink(new OggPages(new ByteStream(source, startByte)), undefined);
  if (first === undefined)
    throw new MediaError('unsupported_media', `this Ogg file has no audio that can be decoded; ${SUPPORTED_MEDIA} can`);
  const { codec, channelCount, clockHz } = first;
  checkShape(channelCount, clockHz);
  let isTruncated = false;
  return {
    description: { container: 'ogg', codec, sampleRateHz: clockHz, channelCount, statedDurationMs: undefined },
    get isTruncated() {
      return isTruncated;
    },
    async *blocks() {
      const pages = new OggPages(new ByteStream(source, startByte));
      const tally = new PacketTally();
      let hasEnded = false;
      let head: OggPage | undefined;
      for (let link = await readLink(pages, head); link !== undefined; link = await readLink(pages, head)) {
        checkShape(link.channelCount, link.clockHz);
        const decoder = await link.createDecoder(tally);
        const timeline = new OggTimeline({ ...link, decoder });
        try {
          head = undefined;
          hasEnded = false;
          for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
            if (page.isFirst && hasEnded) {
              head = page;
              break;
            }
            if (page.serial !== link.serial) continue;
            hasEnded ||= page.isLast;
            yield* timeline.push(page, link.assembler.push(page));
          }
          yield* timeline.end();
        } finally {
          decoder.close();
        }
      }
      isTruncated = pages.isTruncated || !hasEnded;
    },
  };
}

/** Reads pages to the end of the headers of the first stream that can be decoded; `head` is a page that has been read already. */
async function readLink(pages: OggPages, head: OggPage | undefined): Promise<OggLink | undefined> {
  const candidates = new Map<number, { assembler: OggPackets; packets: Uint8Array[] }>();
  for (let page = head ?? (await pages.next()); page !== undefined; page = await pages.next()) {
    if (page.isFirst && candidates.size < MAX_STREAMS) candidates.set(page.serial, { assembler: new OggPackets(), packets: [] });
    const { assembler, packets } = candidates.get(page.serial) ?? {};
    if (assembler === undefined || packets === undefined) continue;
    packets.push(...assembler.push(page).packets);
    const [identification, , setup] = packets;
    if (identification === undefined) continue;
    const name = String.fromCharCode(...identification.subarray(0, 8));
    if (name === 'OpusHead') {
      if (packets.length >= OPUS_HEADERS) return opusLink(identification, page.serial, assembler);
    } else if (name.startsWith('\x01vorbis')) {
      if (setup !== undefined) return vorbisLink(identification, setup, page.serial, assembler);
    } else {
      candidates.delete(page.serial);
    }
  }
  if (candidates.size > 0) throw new MediaError('media_damaged', 'the headers of this Ogg file are cut off');
  return undefined;
}

function opusLink(identification: Uint8Array, serial: number, assembler: OggPackets): OggLink {
  const head = parseOpusHead(identification);
  return {
    codec: 'opus',
    serial,
    assembler,
    channelCount: head.channelCount,
    sampleRateHz: MONO_RATE_HZ,
    clockHz: OPUS_CLOCK_HZ,
    preSkipSamples: Math.round((head.preSkipSamples * MONO_RATE_HZ) / OPUS_CLOCK_HZ),
    createDecoder: (tally) => createOpusPacketDecoder(head, tally),
  };
}

function vorbisLink(identification: Uint8Array, setup: Uint8Array, serial: number, assembler: OggPackets): OggLink {
  const headers = parseVorbisHeaders(identification, setup);
  const { channelCount, sampleRateHz } = headers;
  return {
    codec: 'vorbis',
    serial,
    assembler,
    channelCount,
    sampleRateHz,
    clockHz: sampleRateHz,
    preSkipSamples: 0,
    createDecoder: (tally) => createVorbisDecoder(headers, tally),
  };
}
