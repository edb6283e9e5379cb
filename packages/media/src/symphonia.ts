import { MediaError } from './media-error.ts';

/** Decodes a small file in memory: the channels, or undefined if it cannot be decoded. */
export type PieceDecoder = (bytes: Uint8Array<ArrayBuffer>) => Promise<Float32Array[] | undefined>;

/**
 * Loads the decoder of `node-web-audio-api`, Symphonia, for files of one rate.
 *
 * It decodes whole files, so a stream is given to it as a row of small ones. Loaded only when a file needs it, as its native part wants
 * a library of the system on Linux.
 *
 * @throws MediaError `unsupported_media` if the native part cannot be loaded here; the message says what to install.
 */
export async function loadPieceDecoder(sampleRateHz: number): Promise<PieceDecoder> {
  const { OfflineAudioContext } = await importLibrary();
  // The context's own rate: otherwise each piece would be resampled on its own. It renders nothing, so its length does not matter.
  const context = new OfflineAudioContext(1, 1, sampleRateHz);
  return async (bytes) => {
    try {
      const sound = await context.decodeAudioData(bytes.buffer);
      return Array.from({ length: sound.numberOfChannels }, (_, channel) => {
        const samples = new Float32Array(sound.length);
        sound.copyFromChannel(samples, channel);
        return samples;
      });
    } catch {
      return undefined; // the callers try smaller pieces, count what is lost, and give up when it is too much
    }
  };
}

async function importLibrary(): Promise<typeof import('node-web-audio-api')> {
  try {
    return await import('node-web-audio-api');
  } catch (cause) {
    throw new MediaError(
      'unsupported_media',
      'the decoder of MP3, AAC and Vorbis cannot be loaded here: on Linux install libasound2 (Debian, Ubuntu) or alsa-lib (Fedora, Alpine with glibc)',
      { cause },
    );
  }
}
