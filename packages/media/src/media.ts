import { openAdts } from './adts-media.ts';
import { openContainer } from './container-media.ts';
import { openFlac } from './flac-media.ts';
import { SUPPORTED_MEDIA } from './formats.ts';
import type { MediaDescription } from './media-description.ts';
import { MediaError } from './media-error.ts';
import { sniffMedia } from './media-sniffer.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { MONO_RATE_HZ, MonoStream } from './mono-stream.ts';
import { openMp3 } from './mp3-media.ts';
import { openOgg } from './ogg-media.ts';
import { openWav } from './wav-media.ts';

/** An opened file. */
export interface MediaAudio extends AsyncDisposable {
  readonly description: MediaDescription;
  /**
   * 16 kHz mono, -1 to 1, always finite, in chunks of a second. Read once.
   *
   * Sound that cannot be decoded is silence, so that what follows keeps its time.
   *
   * @throws {@link MediaError} `media_damaged` if nothing, or less than half, can be decoded, `media_empty`, `media_too_long`.
   */
  samples(): AsyncIterable<Float32Array>;
  /** Whether the file broke off before its end; known when {@link samples} has ended. */
  readonly isTruncated: boolean;
}

/** What {@link openMedia} allows. */
export interface MediaOptions {
  /**
   * Longest sound that is given out, in milliseconds, by what the file states and by what comes out of it.
   * @defaultValue no limit
   */
  readonly maximumDurationMs?: number;
  /** Ends reading and decoding; what waits rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a sound file, or the first audio track of a film, by its content: neither name nor media type count.
 *
 * Reads the headers only. Memory stays bounded for any length: blocks are read, decoded and given out as {@link MediaAudio.samples} is
 * drawn. An error of the source itself is passed on as it is.
 *
 * @throws {@link MediaError} if the file cannot be decoded or is longer than allowed.
 */
export async function openMedia(source: MediaSource, options: MediaOptions = {}): Promise<MediaAudio> {
  const { maximumDurationMs = Number.POSITIVE_INFINITY } = options;
  if (!(maximumDurationMs > 0)) throw new RangeError(`maximumDurationMs must be above 0, got ${maximumDurationMs}`);
  const watched = new WatchedSource(source, options.signal);
  const track = await openTrack(watched).catch((error: unknown) => {
    throw watched.explain(error);
  });
  if ((track.description.statedDurationMs ?? 0) > maximumDurationMs) throw tooLong(maximumDurationMs);
  const blocks = track.blocks();
  return {
    description: track.description,
    get isTruncated() {
      return track.isTruncated;
    },
    samples: () => monoOf(track, blocks, watched, maximumDurationMs),
    async [Symbol.asyncDispose]() {
      await blocks.return(undefined);
    },
  };
}

async function openTrack(source: MediaSource): Promise<MediaTrack> {
  if (source.sizeBytes === 0) throw new MediaError('media_empty', 'the file is empty');
  const sniffed = await sniffMedia(source);
  if (sniffed === undefined) throw new MediaError('unsupported_media', `this is no sound file that can be decoded; ${SUPPORTED_MEDIA} can`);
  const { container, startByte } = sniffed;
  switch (container) {
    case 'wav':
      return await openWav(source);
    case 'mp3':
      return await openMp3(source, startByte);
    case 'aac':
      return await openAdts(source, startByte);
    case 'flac':
      return await openFlac(source, startByte);
    case 'ogg':
      return await openOgg(source, startByte);
    case 'webm':
    case 'mp4':
      return await openContainer(source, container);
    default:
      throw new RangeError(`unknown container ${container satisfies never}`);
  }
}

async function* monoOf(
  track: MediaTrack,
  blocks: AsyncGenerator<Parameters<MonoStream['push']>[0]>,
  source: WatchedSource,
  maximumDurationMs: number,
): AsyncGenerator<Float32Array> {
  const mono = new MonoStream();
  const maximumSamples = (maximumDurationMs * MONO_RATE_HZ) / 1000;
  try {
    for await (const block of blocks) {
      source.throwIfFailed();
      for (const chunk of mono.push(block)) {
        if (mono.totalSamples > maximumSamples) throw tooLong(maximumDurationMs);
        yield chunk;
      }
    }
    source.throwIfFailed();
    const rest = [...mono.flush()];
    if (mono.totalSamples > maximumSamples) throw tooLong(maximumDurationMs);
    if (mono.totalSamples === 0) {
      throw track.isTruncated
        ? new MediaError('media_damaged', 'the file breaks off before its first sound')
        : new MediaError('media_empty', 'the file has no sound in it');
    }
    yield* rest;
  } catch (error) {
    throw source.explain(error);
  }
}

function tooLong(maximumDurationMs: number): MediaError {
  return new MediaError(
    'media_too_long',
    `the recording is longer than ${Math.round(maximumDurationMs / 1000)} s; cut it into shorter files`,
  );
}

/** A source that remembers why it could not be read, so that a failing disk is not taken for a damaged file. */
class WatchedSource implements MediaSource {
  readonly sizeBytes: number;
  readonly #source: MediaSource;
  readonly #signal: AbortSignal | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(source: MediaSource, signal: AbortSignal | undefined) {
    this.sizeBytes = source.sizeBytes;
    this.#source = source;
    this.#signal = signal;
  }

  async read(startByte: number, endByte: number): Promise<Uint8Array> {
    this.throwIfFailed();
    try {
      const bytes = await this.#source.read(startByte, endByte);
      if (bytes.length === endByte - startByte) return bytes;
      throw new Error('the file has become shorter while it was read');
    } catch (reason) {
      this.#failure ??= { reason };
      throw reason;
    }
  }

  throwIfFailed(): void {
    if (this.#signal?.aborted) this.#failure ??= { reason: this.#signal.reason };
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** What an error that came up while decoding really is. */
  explain(error: unknown): unknown {
    if (this.#failure !== undefined) return this.#failure.reason;
    if (error instanceof MediaError) return error;
    return new MediaError('media_damaged', 'the file cannot be decoded', { cause: error });
  }
}
