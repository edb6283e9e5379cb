import { type ClipPolicy, Downmixer, isFiniteAudio, Resampler } from '@outspoken/audio';
import { type FlushReason, SpeechDetector, type VadModel } from '@outspoken/vad';
import type { CaptureStats } from './capture-event.ts';
import { type ClipSink, SpeechNarrator, type SpeechNarratorSettings } from './speech-narrator.ts';

const SAMPLE_RATE_HZ = 16_000;
const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;
/** Audio that may wait for the detector: what the worklet gathers while the detector loads, and room. Beyond, new audio is dropped. */
const MAXIMUM_BACKLOG_SAMPLES = 15 * SAMPLE_RATE_HZ;
/** Audio is dropped until this little waits: each gap ends a clip, and one long gap leaves more whole words than many short ones. */
const RESUME_BACKLOG_SAMPLES = MAXIMUM_BACKLOG_SAMPLES / 2;
const REPORT_INTERVAL_SAMPLES = 2 * SAMPLE_RATE_HZ;

/** What a pipeline is made of. */
export interface SpeechPipelineSettings extends Omit<SpeechNarratorSettings, 'capturedSamples'> {
  /** Not closed by the pipeline. */
  readonly model: VadModel;
  readonly policy: ClipPolicy;
  /** Called once, when the detector fails: nothing more is detected after it. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * From the frames of any source to clips in the client: downmix, resampling, detection, upload, events.
 *
 * Session time is the audio pushed since the first frame, muted time and gaps included; it goes on over stop and start.
 */
export class SpeechPipeline {
  readonly #sink: ClipSink;
  readonly #detector: SpeechDetector;
  readonly #narrator: SpeechNarrator;
  readonly #onFailure: (cause: unknown) => void;
  #downmixer = new Downmixer();
  #resampler: Resampler | undefined;
  #inputRateHz = SAMPLE_RATE_HZ;
  #isMuted = false;
  #hasFailed = false;
  #hasOverrun = false;
  /** Frames that were not listened to, and not yet added to session time. */
  #skippedFrames = 0;
  /** Everything runs one after the other, in the order of the calls. */
  #queue: Promise<void> = Promise.resolve();
  #backlogSamples = 0;
  #capturedSamples = 0;
  #droppedSamples = 0;
  #reportedSamples = 0;

  /** @throws RangeError when the policy is out of range. */
  constructor(settings: SpeechPipelineSettings) {
    const { model, policy, sink, onFailure } = settings;
    this.#sink = sink;
    this.#onFailure = onFailure;
    this.#detector = new SpeechDetector({ model, policy });
    this.#narrator = new SpeechNarrator({ ...settings, capturedSamples: () => this.#capturedSamples });
  }

  /** What was captured, voiced and sent so far. */
  get stats(): CaptureStats {
    const capturedBytes = this.#capturedSamples * 2;
    return {
      ...this.#narrator.counters,
      capturedMs: this.#capturedSamples / SAMPLES_PER_MS,
      capturedBytes,
      droppedMs: this.#droppedSamples / SAMPLES_PER_MS,
    };
  }

  /** Begins with a new source; what the one before left open must have been flushed. */
  setInput(sampleRateHz: number): void {
    this.#addSkippedTime();
    this.#inputRateHz = sampleRateHz;
    this.#downmixer = new Downmixer();
    this.#resampler = new Resampler({ inputRateHz: sampleRateHz, outputRateHz: SAMPLE_RATE_HZ });
  }

  /** Takes the next frames of the source, one array for each channel; they are read before the call returns. */
  push(channels: readonly Float32Array[]): void {
    const frameCount = channels[0]?.length ?? 0;
    if (!this.#resampler || this.#hasFailed || frameCount === 0) {
      return;
    }
    if (this.#isMuted || this.#isOverrun(frameCount)) {
      this.#skippedFrames += frameCount;
      return;
    }
    this.#addSkippedTime();
    this.#detect(this.#resampler.push(withoutBadSamples(this.#downmixer.mix(channels))));
  }

  /** Frames of the source are missing here: an open clip ends, for what follows does not join on to it. */
  skip(frameCount: number): void {
    // The end of the clip is awaited by nobody: it comes in order, before anything that is pushed later.
    this.flush('stop').catch(() => undefined);
    this.#skippedFrames += frameCount;
  }

  /** Stops listening to what is pushed; an open clip ends with what was pushed before. */
  mute(): void {
    if (!this.#isMuted) {
      this.flush('mute').catch(() => undefined);
      this.#isMuted = true;
    }
  }

  /** Listens again; no clip reaches back into the muted time. */
  unmute(): void {
    this.#isMuted = false;
  }

  /** Ends what is under way. @returns Resolves when an open clip has been handed to the client. */
  flush(reason: FlushReason): Promise<void> {
    if (this.#resampler && !this.#isMuted) {
      this.#detect(this.#resampler.flush());
    }
    return this.#enqueue(async () => {
      this.#narrator.tell(await this.#detector.flush(reason));
      this.#narrator.flushLevels();
      this.#report();
    });
  }

  #detect(samples: Float32Array): void {
    if (samples.length === 0) {
      return;
    }
    this.#backlogSamples += samples.length;
    this.#enqueue(async () => {
      this.#backlogSamples -= samples.length;
      this.#capturedSamples += samples.length;
      this.#narrator.tell(await this.#detector.push(samples));
      if (this.#capturedSamples - this.#reportedSamples >= REPORT_INTERVAL_SAMPLES) {
        this.#report();
      }
    }).catch(() => undefined);
  }

  /** True from when the detector is too far behind until it has caught up; the first time, what is under way is ended. */
  #isOverrun(frameCount: number): boolean {
    if (this.#backlogSamples < (this.#hasOverrun ? RESUME_BACKLOG_SAMPLES : MAXIMUM_BACKLOG_SAMPLES)) {
      this.#hasOverrun = false;
      return false;
    }
    if (!this.#hasOverrun) {
      this.#hasOverrun = true;
      this.flush('stop').catch(() => undefined);
    }
    this.#droppedSamples += Math.round((frameCount * SAMPLE_RATE_HZ) / this.#inputRateHz);
    return true;
  }

  #addSkippedTime(): void {
    const samples = Math.round((this.#skippedFrames * SAMPLE_RATE_HZ) / this.#inputRateHz);
    this.#skippedFrames = 0;
    if (samples > 0) {
      this.#enqueue(async () => this.#narrator.advance(samples)).catch(() => undefined);
    }
  }

  #report(): void {
    this.#reportedSamples = this.#capturedSamples;
    const stats = this.stats;
    const { capturedMs, voicedMs, sentMs, capturedBytes, sentBytes } = stats;
    this.#sink.report({ capturedMs, voicedMs, sentMs, capturedBytes, sentBytes });
    this.#narrator.tellStats(stats);
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#hasFailed) {
        return;
      }
      try {
        await task();
      } catch (cause) {
        this.#hasFailed = true;
        this.#onFailure(cause);
      }
    });
    return this.#queue;
  }
}

// A broken driver may deliver NaN; one such sample would poison the filter and the model's state, a zero is a click at most.
function withoutBadSamples(samples: Float32Array): Float32Array {
  return isFiniteAudio(samples) ? samples : samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
}
