import { type ClipPolicy, isFiniteAudio, RingBuffer, rmsDbfs } from '@outspoken/audio';
import type { DetectorEvent } from './detector-event.ts';
import type { FlushReason, SegmentEvent } from './segment-event.ts';
import { Segmenter } from './segmenter.ts';
import { DEFAULT_SEGMENTER_OPTIONS, type SegmenterOptions } from './segmenter-options.ts';
import { VadError } from './vad-error.ts';
import type { VadModel } from './vad-model.ts';

const MAXIMUM_BACKLOG_SAMPLES = 10 * 16_000;

/** What a {@link SpeechDetector} is made of. */
export interface SpeechDetectorSettings {
  /** A model of its own: it carries the state of the stream. The detector does not close it. */
  readonly model: VadModel;
  /** @defaultValue DEFAULT_CLIP_POLICY */
  readonly policy?: ClipPolicy;
  /** @defaultValue DEFAULT_SEGMENTER_OPTIONS */
  readonly segmenter?: SegmenterOptions;
}

/**
 * Audio in, clips out: cuts a stream into frames, asks the model, and hands over the samples of each clip.
 *
 * Calls may overlap: they run in the order in which they were made. Memory is bounded: the audio that the clip policy can
 * still ask for (4.5 s with the default policy) and at most 10 s, or one longer call, that wait for the model.
 */
export class SpeechDetector {
  readonly #model: VadModel;
  readonly #createSegmenter: () => Segmenter;
  readonly #frame: Float32Array;
  #segmenter: Segmenter;
  #ring: RingBuffer;
  #filledSamples = 0;
  /** Position of the segmenter's first frame: its own count knows only whole frames. */
  #originSample = 0;
  #clipStartSample = 0;
  #sentEndSample = 0;
  #clipEnergy = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #backlogSamples = 0;
  #stream = 0;
  #failure: unknown;

  /** @throws RangeError when the policy or the thresholds are out of range. */
  constructor(settings: SpeechDetectorSettings) {
    const { model, policy, segmenter = DEFAULT_SEGMENTER_OPTIONS } = settings;
    this.#model = model;
    this.#createSegmenter = () => new Segmenter(policy ? { policy, options: segmenter } : { options: segmenter });
    this.#segmenter = this.#createSegmenter();
    this.#frame = new Float32Array(model.frameSamples);
    this.#ring = this.#createRing();
  }

  /**
   * Takes the next samples of the stream, 16 kHz mono, of any length. They are copied before the call returns.
   *
   * @returns What they changed, in order. How the stream is cut into calls does not change the clips.
   * @throws VadError `audio_not_finite` or `backlog_full`: these samples were not taken. Any failure of the model: the stream
   *   has a hole, and every later call fails alike until {@link reset}.
   */
  async push(samples: Float32Array): Promise<DetectorEvent[]> {
    if (!isFiniteAudio(samples)) throw new VadError('audio_not_finite', 'a sample is not a finite number');
    if (this.#backlogSamples > 0 && this.#backlogSamples + samples.length > MAXIMUM_BACKLOG_SAMPLES) {
      throw new VadError('backlog_full', `at most ${MAXIMUM_BACKLOG_SAMPLES} samples may wait, await earlier calls`);
    }
    this.#backlogSamples += samples.length;
    const stream = this.#stream;
    const copy = samples.slice();
    try {
      return await this.#enqueue((events) => this.#consume(copy, events));
    } finally {
      if (stream === this.#stream) this.#backlogSamples -= samples.length;
    }
  }

  /**
   * Ends what is under way with the last sample pushed. Samples may follow: positions go on counting, but the model starts
   * afresh and no clip reaches back over this point.
   *
   * @throws VadError as {@link push} does when the model fails.
   */
  flush(reason: FlushReason): Promise<DetectorEvent[]> {
    return this.#enqueue((events) => this.#finish(reason, events));
  }

  /** Starts a new stream at position 0. Calls still waiting are dropped: they resolve with what they had found, at most nothing. */
  reset(): void {
    this.#stream += 1;
    this.#failure = undefined;
    this.#backlogSamples = 0;
    this.#model.reset();
    this.#segmenter = this.#createSegmenter();
    this.#ring = this.#createRing();
    this.#filledSamples = 0;
    this.#originSample = 0;
  }

  #createRing(): RingBuffer {
    return new RingBuffer(this.#segmenter.historySamples + this.#frame.length);
  }

  async #enqueue(task: (events: DetectorEvent[]) => Promise<void>): Promise<DetectorEvent[]> {
    const stream = this.#stream;
    const events: DetectorEvent[] = [];
    const run = this.#queue.then(async () => {
      if (stream !== this.#stream) return;
      if (this.#failure) throw this.#failure;
      try {
        await task(events);
      } catch (error) {
        if (stream !== this.#stream) return;
        this.#failure = error;
        throw error;
      }
    });
    // The failure is the caller's; the queue only keeps the order.
    this.#queue = run.catch(() => undefined);
    await run;
    return events;
  }

  async #consume(samples: Float32Array, events: DetectorEvent[]): Promise<void> {
    const stream = this.#stream;
    let taken = 0;
    while (taken < samples.length && stream === this.#stream) {
      const part = samples.subarray(taken, taken + this.#frame.length - this.#filledSamples);
      this.#frame.set(part, this.#filledSamples);
      this.#ring.push(part);
      this.#filledSamples += part.length;
      taken += part.length;
      if (this.#filledSamples === this.#frame.length) await this.#judge(events);
    }
  }

  async #finish(reason: FlushReason, events: DetectorEvent[]): Promise<void> {
    const stream = this.#stream;
    if (this.#filledSamples > 0) {
      this.#frame.fill(0, this.#filledSamples);
      await this.#judge(events);
      if (stream !== this.#stream) return;
    }
    for (const event of this.#segmenter.flush(reason)) events.push(...this.#complete(event));
    this.#originSample = this.#ring.endSample - this.#segmenter.endSample;
    this.#model.reset();
  }

  async #judge(events: DetectorEvent[]): Promise<void> {
    const stream = this.#stream;
    const levelDbfs = rmsDbfs(this.#frame.subarray(0, this.#filledSamples));
    const probability = await this.#model.process(this.#frame);
    if (stream !== this.#stream) return;
    this.#filledSamples = 0;
    events.push({ type: 'frame', probability, levelDbfs, endSample: this.#ring.endSample });
    for (const event of this.#segmenter.push(probability)) events.push(...this.#complete(event));
  }

  /** Moves positions into the stream, never past its last sample, and adds the audio. */
  #complete(event: SegmentEvent): DetectorEvent[] {
    switch (event.type) {
      case 'resume':
        return [event];
      case 'tentative_start':
      case 'confirmed_start':
        return [{ ...event, startSample: this.#toStream(event.startSample) }];
      case 'clip_start':
        this.#clipStartSample = this.#toStream(event.startSample);
        this.#sentEndSample = this.#clipStartSample;
        this.#clipEnergy = 0;
        return [{ type: 'clip_start', startSample: this.#clipStartSample }];
      case 'clip_audio':
        return this.#takeAudio(this.#toStream(event.endSample));
      case 'maybe_end':
        return [{ ...event, endSample: this.#toStream(event.endSample) }];
      case 'misfire':
        return [{ ...event, startSample: this.#toStream(event.startSample), endSample: this.#toStream(event.endSample) }];
      case 'clip_end': {
        const levelDbfs = 10 * Math.log10(this.#clipEnergy / Math.max(1, this.#sentEndSample - this.#clipStartSample));
        const voicedEndSample = this.#toStream(event.voicedEndSample);
        return [{ ...event, endSample: this.#toStream(event.endSample), voicedEndSample, levelDbfs }];
      }
      default:
        return event satisfies never;
    }
  }

  #takeAudio(endSample: number): DetectorEvent[] {
    const startSample = this.#sentEndSample;
    // Of the silence that filled up the last frame nothing is audio.
    if (endSample <= startSample) return [];
    const samples = this.#ring.copy(startSample, endSample);
    for (const sample of samples) this.#clipEnergy += sample * sample;
    this.#sentEndSample = endSample;
    return [{ type: 'clip_audio', startSample, endSample, samples }];
  }

  #toStream(segmenterSample: number): number {
    return Math.min(this.#originSample + segmenterSample, this.#ring.endSample);
  }
}
