import type { SpeechEvidence } from '@outspoken/asr';
import { decodePcm, isFiniteAudio } from '@outspoken/audio';
import {
  type AudioFrame,
  type EndMessage,
  type FinalEndReason,
  type MaybeEndMessage,
  MIN_CLIP_SAMPLES,
  type StartMessage,
} from '@outspoken/protocol';
import type { TextFormat } from '@outspoken/text';
import type { ScheduledOutcome } from '../scheduling/scheduler.ts';
import { ClipAudio } from './clip-audio.ts';
import { ClipDecoding, type HeardClip } from './clip-decoding.ts';
import { DEFAULT_RETRY_MS } from './recognition-failure.ts';
import { SessionError } from './session-error.ts';
import type { SessionServices } from './session-services.ts';

const SAMPLE_RATE_HZ = 16_000;
const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;

/** How a clip was closed, by its client or for want of audio. */
export interface UtteranceEnd {
  readonly lengthSamples: number;
  readonly reason: FinalEndReason;
  readonly continues: boolean;
  /** What the speech detector on the device saw; nobody says so of a clip that stalled. */
  readonly evidence?: SpeechEvidence;
}

/** What became of a clip. */
export type UtteranceResult =
  | {
      readonly type: 'recognized';
      readonly end: UtteranceEnd;
      readonly outcome: ScheduledOutcome;
      /** Digest of the clip's samples. */
      readonly digest: string;
      /** Time from its end to now, in milliseconds. */
      readonly serverMs: number;
    }
  /** It stalled before there was enough to recognize. */
  | { readonly type: 'nothing'; readonly end: UtteranceEnd }
  | { readonly type: 'failed'; readonly error: SessionError };

/** What an {@link Utterance} is made of. */
export interface UtteranceOptions {
  readonly services: SessionServices;
  readonly start: StartMessage;
  /** Identity among the clips of all sessions, for the scheduler. */
  readonly key: string;
  /** Who shares the processor with the others. */
  readonly tenant: string;
  readonly wantsInterims: () => boolean;
  /** How interims are written. */
  readonly format: TextFormat;
  /** Words and phrases that are expected in it. */
  readonly keywords: readonly string[] | undefined;
  readonly onInterim: (revision: number, text: string) => void;
  /** Called once, unless the clip is discarded first. Its audio is gone by then. */
  readonly onSettled: (result: UtteranceResult) => void;
}

/**
 * One clip on its way in: audio at offsets, a guess that it is over, its end.
 *
 * The end is never inferred from missing frames, with one exception that names itself: after `stallMs` without audio, while the
 * client is connected, what has arrived is finalised as `stalled`.
 */
export class Utterance {
  readonly start: StartMessage;
  readonly #options: UtteranceOptions;
  readonly #audio: ClipAudio;
  readonly #decoding: ClipDecoding;
  #end: UtteranceEnd | undefined;
  #endReceivedMs = 0;
  #isSettled = false;
  #heardMs: number;
  #cancelStall: (() => void) | undefined;

  constructor(options: UtteranceOptions) {
    const { services, start, key, tenant, format, onInterim } = options;
    this.#options = options;
    this.start = start;
    this.#audio = new ClipAudio({ budget: services.budget, maximumSamples: services.options.maximumClipMs * SAMPLES_PER_MS });
    this.#decoding = new ClipDecoding({ services, clipId: start.clipId, key, tenant, format, onInterim });
    this.#heardMs = services.clock.nowMs();
    this.#watchStall(services.options.stallMs);
  }

  get state(): 'open' | 'ended' {
    return this.#end === undefined ? 'open' : 'ended';
  }

  /** Samples received without a gap. */
  get receivedSamples(): number {
    return this.#audio.lengthSamples;
  }

  /** Takes a chunk. @throws {@link SessionError} for audio that cannot be taken. */
  write(frame: AudioFrame): void {
    const samples = this.#decode(frame);
    this.#heardMs = this.#options.services.clock.nowMs();
    if (this.#end !== undefined) {
      this.#compare(frame.offsetSamples, samples);
      return;
    }
    const knownSamples = this.receivedSamples;
    const result = this.#audio.write(frame.offsetSamples, samples);
    switch (result) {
      case 'duplicate':
        return;
      case 'added':
        this.#options.services.metrics.audioReceived('stream', (this.receivedSamples - knownSamples) / SAMPLES_PER_MS);
        this.#decoding.heardUpTo(this.#audio, this.#options.wantsInterims());
        return;
      case 'gap':
        throw this.#fatal('bad_frame', `offsetSamples must be at most ${this.receivedSamples}, got ${frame.offsetSamples}`);
      case 'conflict':
        throw this.#fatal('clip_conflict', 'this part of the clip was sent before with other samples');
      case 'too_long':
        throw this.#fatal('clip_too_long', `a clip must be at most ${this.#options.services.options.maximumClipMs} ms long`);
      case 'no_memory':
        this.#settleFailed(this.#fatal('overloaded', 'the server holds as much audio as it may', DEFAULT_RETRY_MS));
        return;
      default:
        result satisfies never;
    }
  }

  /** The client thinks that the clip may end here: decoding begins. @throws {@link SessionError} `length_mismatch`. */
  maybeEnd(message: MaybeEndMessage): void {
    if (this.#end !== undefined) return;
    this.#checkLength(message.lengthSamples);
    this.#heardMs = this.#options.services.clock.nowMs();
    if (message.lengthSamples >= MIN_CLIP_SAMPLES) this.#decoding.speculate(this.#heard(message));
  }

  /**
   * The client closes the clip, which may be shorter than what it sent.
   *
   * @throws {@link SessionError} `length_mismatch` (the clip stays open), `clip_too_short`, `clip_conflict` for a second, other end.
   */
  end(message: EndMessage): void {
    if (this.#end !== undefined) {
      if (this.#end.lengthSamples === message.lengthSamples) return;
      throw this.#error('clip_conflict', `lengthSamples must be ${this.#end.lengthSamples} as before, got ${message.lengthSamples}`);
    }
    this.#checkLength(message.lengthSamples);
    if (message.lengthSamples < MIN_CLIP_SAMPLES) {
      throw this.#fatal('clip_too_short', `lengthSamples must be at least ${MIN_CLIP_SAMPLES}, got ${message.lengthSamples}`);
    }
    const { lengthSamples, reason, continues, evidence } = message;
    this.#finish({ lengthSamples, reason, continues, evidence });
  }

  /** Stops the stall timer while the client is away. */
  pause(): void {
    this.#cancelStall?.();
    this.#cancelStall = undefined;
  }

  /** Starts the stall timer anew: the client is back. */
  resume(): void {
    this.#heardMs = this.#options.services.clock.nowMs();
    if (this.#cancelStall === undefined && this.#end === undefined) this.#watchStall(this.#options.services.options.stallMs);
  }

  /** Gives the clip up without a result. Idempotent. */
  discard(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.pause();
    this.#decoding.cancel();
    this.#audio.release();
  }

  #decode(frame: AudioFrame): Float32Array {
    if (frame.sampleRateHz !== SAMPLE_RATE_HZ) {
      throw this.#fatal(
        'unsupported_sample_rate',
        `sampleRateHz must be ${SAMPLE_RATE_HZ}, got ${frame.sampleRateHz}: resample before sending`,
      );
    }
    const samples = decodePcm(frame.payload, frame.encoding);
    if (frame.encoding === 'pcm_f32le' && !isFiniteAudio(samples)) {
      throw this.#fatal('audio_not_finite', 'samples must be finite, got NaN or infinity');
    }
    return samples;
  }

  #compare(offsetSamples: number, samples: Float32Array): void {
    const knownSamples = this.receivedSamples - offsetSamples;
    if (knownSamples <= 0) return;
    if (this.#audio.write(offsetSamples, samples.subarray(0, knownSamples)) === 'conflict') {
      throw this.#error('clip_conflict', 'this part of the clip was sent before with other samples');
    }
  }

  #checkLength(lengthSamples: number): void {
    if (lengthSamples <= this.receivedSamples) return;
    throw this.#error('length_mismatch', `lengthSamples must be at most the ${this.receivedSamples} received, got ${lengthSamples}`);
  }

  #finish(end: UtteranceEnd): void {
    this.#end = end;
    this.#endReceivedMs = this.#options.services.clock.nowMs();
    this.pause();
    if (end.lengthSamples < MIN_CLIP_SAMPLES) {
      // Nothing of it is used, so nothing of it is called received: the client sends it all again in another clip.
      this.#settle({ type: 'nothing', end: { ...end, lengthSamples: 0 } });
      return;
    }
    this.#decoding.decide(this.#heard(end), {
      onOutcome: (outcome) => {
        const serverMs = this.#options.services.clock.nowMs() - this.#endReceivedMs;
        this.#settle({ type: 'recognized', end, outcome, digest: this.#audio.digest(end.lengthSamples), serverMs });
      },
      onFailure: (error) => this.#settleFailed(error),
    });
  }

  /** The clip up to here, with what was seen of it. */
  #heard({ lengthSamples, evidence }: Pick<UtteranceEnd, 'lengthSamples' | 'evidence'>): HeardClip {
    const { keywords } = this.#options;
    return { samples: this.#audio.view(lengthSamples), ...(evidence && { speech: evidence }), ...(keywords && { keywords }) };
  }

  #watchStall(delayMs: number): void {
    const { clock, options } = this.#options.services;
    this.#cancelStall = clock.schedule(delayMs, () => {
      const quietMs = clock.nowMs() - this.#heardMs;
      if (quietMs < options.stallMs) {
        this.#watchStall(options.stallMs - quietMs);
        return;
      }
      this.#cancelStall = undefined;
      this.#finish({ lengthSamples: this.receivedSamples, reason: 'stalled', continues: false });
    });
  }

  #settleFailed(error: SessionError): void {
    this.#settle({ type: 'failed', error });
  }

  #settle(result: UtteranceResult): void {
    if (this.#isSettled) return;
    this.discard();
    this.#options.onSettled(result);
  }

  #error(code: SessionError['code'], message: string): SessionError {
    return new SessionError(code, message, { clipId: this.start.clipId });
  }

  #fatal(code: SessionError['code'], message: string, retryAfterMs?: number): SessionError {
    const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new SessionError(code, message, { clipId: this.start.clipId, endsClip: true, ...retry });
  }
}
