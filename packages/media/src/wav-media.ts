import { AudioError, decodeWavSamples, findWavHeader, type WavHeader } from '@outspoken/audio';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';

// A quarter of a second of the widest files, some seconds of usual ones.
const BLOCK_BYTES = 256 * 1024;

/** Opens a WAV file of any size. */
export async function openWav(source: MediaSource): Promise<MediaTrack> {
  const { format, dataStartByte, dataBytes, isTruncated } = await headerOf(source);
  const { sampleRateHz, channelCount, blockBytes, encoding } = format;
  checkShape(channelCount, sampleRateHz);
  const readBytes = BLOCK_BYTES - (BLOCK_BYTES % blockBytes);
  return {
    description: {
      container: 'wav',
      codec: encoding.endsWith('law') ? encoding : `pcm_${encoding}`,
      sampleRateHz,
      channelCount,
      statedDurationMs: (1000 * Math.floor(dataBytes / blockBytes)) / sampleRateHz,
    },
    isTruncated,
    async *blocks() {
      for (let offset = 0; offset < dataBytes; offset += readBytes) {
        const start = dataStartByte + offset;
        const bytes = await source.read(start, Math.min(start + readBytes, dataStartByte + dataBytes));
        yield { sampleRateHz, channels: decodeWavSamples(bytes, format) };
      }
    },
  };
}

async function headerOf(source: MediaSource): Promise<WavHeader> {
  const search = findWavHeader(source.sizeBytes);
  try {
    let step = search.next();
    while (!step.done) step = search.next(await source.read(step.value.startByte, step.value.endByte));
    return step.value;
  } catch (error) {
    throw error instanceof AudioError ? mediaErrorOf(error) : error;
  }
}

function mediaErrorOf(error: AudioError): MediaError {
  switch (error.code) {
    case 'wav_channels':
      return new MediaError('media_too_complex', error.message, { cause: error });
    case 'wav_format_unsupported':
      return new MediaError('unsupported_media', `this WAV cannot be decoded: ${error.message}`, { cause: error });
    default:
      return new MediaError('media_damaged', `this WAV cannot be read: ${error.message}`, { cause: error });
  }
}
