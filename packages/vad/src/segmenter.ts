import { type ClipPolicy, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { OnsetDetector } from './onset-detector.ts';
import { ProbabilityHistory, type VoicedSpan } from './probability-history.ts';
import type { ClipEndReason, FlushReason, SegmentEvent } from './segment-event.ts';
import {
  DEFAULT_SEGMENTER_OPTIONS,
  FRAME_MS,
  FRAME_SAMPLES,
  resolveSegmenterLimits,
  type SegmenterLimits,
  type SegmenterOptions,
} from './segmenter-options.ts';

const NO_EVENTS: readonly SegmentEvent[] = Object.freeze([]);

/**
 * Turns the speech probabilities of one stream into clips: pure, without audio, without a clock.
 *
 * A clip opens only when it holds enough voiced frames, so a misfire is never announced as a clip; and `clip_audio` never
 * announces a sample that the clip may not contain in the end.
 */
export class Segmenter {
  readonly #limits: SegmenterLimits;
  readonly #onset: OnsetDetector;
  readonly #history: ProbabilityHistory;
  #state: 'idle' | 'tentative' | 'pending' | 'open' = 'idle';
  /** No clip starts before it: the end of the previous clip, or the last flush. */
  #floorSample = 0;
  #startFrame = 0;
  #voicedFrames = 0;
  #silentFrames = 0;
  #voicedEndSample = 0;
  #clipStartSample = 0;
  #evidenceStartFrame = 0;
  #sentEndSample = 0;

  /**
   * @param settings - The clip policy, {@link DEFAULT_CLIP_POLICY} by default, and the thresholds, {@link DEFAULT_SEGMENTER_OPTIONS} by default.
   * @throws RangeError when a value is out of range, or when `maximumMs` has no room for a start and a split of this policy.
   */
  constructor(settings: { readonly policy?: ClipPolicy; readonly options?: SegmenterOptions } = {}) {
    const limits = resolveSegmenterLimits(settings.policy ?? DEFAULT_CLIP_POLICY, settings.options ?? DEFAULT_SEGMENTER_OPTIONS);
    this.#limits = limits;
    this.#onset = new OnsetDetector(limits);
    const longestSamples = limits.maximumSamples + limits.historySamples;
    this.#history = new ProbabilityHistory(Math.ceil(longestSamples / FRAME_SAMPLES) + 1, FRAME_MS);
  }

  /** How far behind the end of the newest frame audio that is still to be announced can begin, in samples: what a ring buffer must hold. */
  get historySamples(): number {
    return this.#limits.historySamples;
  }

  /** Position after the newest frame, in samples since the first one. */
  get endSample(): number {
    return this.#history.endFrame * FRAME_SAMPLES;
  }

  /**
   * Takes the probability of the next frame of 512 samples.
   *
   * @returns What it changed, in order; often nothing.
   * @throws RangeError if it is not between 0 and 1.
   */
  push(probability: number): readonly SegmentEvent[] {
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`probability must be 0-1, got ${probability}`);
    this.#history.push(probability);
    switch (this.#state) {
      case 'idle':
      case 'tentative':
        return this.#pushSearching(probability);
      case 'pending':
        return this.#pushPending(probability);
      case 'open':
        return this.#pushOpen(probability);
      default:
        return this.#state satisfies never;
    }
  }

  /**
   * Ends what is under way, because the audio ends or stops being heard here. Positions go on counting; speech after it is new,
   * without pre-roll from before.
   */
  flush(reason: FlushReason): readonly SegmentEvent[] {
    const events: SegmentEvent[] = [];
    if (this.#state === 'tentative') events.push(this.#misfire('too_few_frames'));
    if (this.#state === 'pending') events.push(this.#misfire('too_short'));
    if (this.#state === 'open') this.#end(events, reason, Math.min(this.endSample, this.#tailEndSample));
    this.#idle();
    this.#floorSample = this.endSample;
    return events;
  }

  #pushSearching(probability: number): readonly SegmentEvent[] {
    const status = this.#onset.push(probability, this.#history.endFrame - 1);
    switch (status) {
      case 'none':
      case 'waiting':
        return NO_EVENTS;
      case 'tentative':
        this.#state = 'tentative';
        return [this.#tentativeStart()];
      case 'lost':
        // The onset detector goes on: softer frames may still lead to a start.
        this.#state = 'idle';
        return [this.#misfire('too_few_frames')];
      case 'confirmed': {
        const events: SegmentEvent[] = this.#state === 'idle' ? [this.#tentativeStart()] : [];
        this.#confirm(events);
        return events;
      }
      default:
        return status satisfies never;
    }
  }

  #confirm(events: SegmentEvent[]): void {
    const { offsetProbability } = this.#limits;
    this.#state = 'pending';
    this.#startFrame = this.#onset.startFrame;
    const { evidence, voicedEndFrame } = this.#history.voicedSpan(this.#startFrame, this.#history.endFrame, offsetProbability);
    this.#voicedFrames = evidence.voicedMs / FRAME_MS;
    this.#voicedEndSample = voicedEndFrame * FRAME_SAMPLES;
    this.#silentFrames = 0;
    events.push({ type: 'confirmed_start', startSample: this.#startFrame * FRAME_SAMPLES });
    this.#openWhenLongEnough(events);
  }

  #pushPending(probability: number): readonly SegmentEvent[] {
    const { offsetProbability, hangoverFrames, pendingFrames } = this.#limits;
    const events: SegmentEvent[] = [];
    if (probability >= offsetProbability) {
      this.#voicedFrames += 1;
      this.#silentFrames = 0;
      this.#voicedEndSample = this.endSample;
      this.#openWhenLongEnough(events);
      if (events.length > 0) return events;
    } else {
      this.#silentFrames += 1;
    }
    if (this.#silentFrames >= hangoverFrames || this.#history.endFrame - this.#startFrame >= pendingFrames) {
      events.push(this.#misfire('too_short'));
      this.#idle();
    }
    return events;
  }

  #openWhenLongEnough(events: SegmentEvent[]): void {
    if (this.#voicedFrames < this.#limits.minimumVoicedFrames) return;
    this.#state = 'open';
    this.#evidenceStartFrame = this.#startFrame;
    this.#startClip(events, Math.max(this.#floorSample, this.#startFrame * FRAME_SAMPLES - this.#limits.preRollSamples));
    this.#announceSpeech(events);
  }

  #pushOpen(probability: number): readonly SegmentEvent[] {
    const { offsetProbability, maybeEndFrames, hangoverFrames } = this.#limits;
    const events: SegmentEvent[] = [];
    if (probability >= offsetProbability) {
      if (this.#silentFrames >= maybeEndFrames) events.push({ type: 'resume' });
      this.#silentFrames = 0;
      if (this.endSample > this.#maximumEndSample) this.#split(events);
      this.#voicedEndSample = this.endSample;
    } else {
      this.#silentFrames += 1;
      if (this.#silentFrames === maybeEndFrames) {
        const endSample = this.#tailEndSample;
        this.#announce(events, endSample);
        events.push({ type: 'maybe_end', endSample, evidence: this.#voicedUpTo(endSample).evidence });
      }
      // A pause that reaches the maximum ends the clip there: to wait for more speech would only mean to split in the pause.
      const isFull = this.#silentFrames >= maybeEndFrames && this.endSample >= this.#maximumEndSample;
      if (this.#silentFrames >= hangoverFrames || isFull) {
        this.#end(events, 'silence', this.#tailEndSample);
        this.#idle();
        return events;
      }
    }
    this.#announceSpeech(events);
    return events.length > 0 ? events : NO_EVENTS;
  }

  /** Closes the clip where speech is least likely, and opens the next one before that point. The newest frame belongs to the next one. */
  #split(events: SegmentEvent[]): void {
    const { splitSearchSamples, splitOverlapSamples } = this.#limits;
    const maximumEndSample = this.#maximumEndSample;
    const earliestSample = Math.max(maximumEndSample - splitSearchSamples, this.#sentEndSample);
    // Frames that end inside the span; there may be none after a pause that was announced up to the maximum.
    const firstFrame = Math.ceil(earliestSample / FRAME_SAMPLES) - 1;
    const endFrame = Math.floor(maximumEndSample / FRAME_SAMPLES);
    const splitSample = firstFrame < endFrame ? (this.#history.lowestFrame(firstFrame, endFrame) + 1) * FRAME_SAMPLES : earliestSample;
    this.#end(events, 'split', splitSample);
    const startSample = splitSample - splitOverlapSamples;
    this.#evidenceStartFrame = Math.ceil(startSample / FRAME_SAMPLES);
    this.#startClip(events, startSample);
  }

  #startClip(events: SegmentEvent[], startSample: number): void {
    this.#clipStartSample = startSample;
    this.#sentEndSample = startSample;
    events.push({ type: 'clip_start', startSample });
  }

  #end(events: SegmentEvent[], reason: ClipEndReason, endSample: number): void {
    this.#announce(events, endSample);
    const { evidence, voicedEndFrame } = this.#voicedUpTo(endSample);
    const voicedEndSample = voicedEndFrame * FRAME_SAMPLES;
    events.push({ type: 'clip_end', endSample, voicedEndSample, reason, continues: reason === 'split', evidence });
    this.#floorSample = endSample;
  }

  /** What was voiced of the open clip if it ends here. */
  #voicedUpTo(endSample: number): VoicedSpan {
    const endFrame = Math.floor(endSample / FRAME_SAMPLES);
    return this.#history.voicedSpan(this.#evidenceStartFrame, endFrame, this.#limits.offsetProbability);
  }

  /** Announces what the clip contains whatever comes next: not the silence beyond the tail, not what may lie behind a split. */
  #announceSpeech(events: SegmentEvent[]): void {
    this.#announce(events, Math.min(this.endSample, this.#tailEndSample, this.#certainEndSample));
  }

  /** A split comes where speech has been least likely so far, or later. */
  get #certainEndSample(): number {
    const earliestSample = this.#maximumEndSample - this.#limits.splitSearchSamples;
    const firstFrame = Math.ceil(earliestSample / FRAME_SAMPLES) - 1;
    const endFrame = Math.floor(Math.min(this.endSample, this.#maximumEndSample) / FRAME_SAMPLES);
    if (firstFrame >= endFrame) return earliestSample;
    return Math.max(earliestSample, (this.#history.lowestFrame(firstFrame, endFrame) + 1) * FRAME_SAMPLES);
  }

  #announce(events: SegmentEvent[], endSample: number): void {
    if (endSample <= this.#sentEndSample) return;
    this.#sentEndSample = endSample;
    events.push({ type: 'clip_audio', endSample });
  }

  #tentativeStart(): SegmentEvent {
    return { type: 'tentative_start', startSample: this.#onset.candidateFrame * FRAME_SAMPLES };
  }

  #misfire(reason: 'too_few_frames' | 'too_short'): SegmentEvent {
    const startFrame = reason === 'too_short' ? this.#startFrame : this.#onset.candidateFrame;
    return { type: 'misfire', startSample: startFrame * FRAME_SAMPLES, endSample: this.endSample, reason };
  }

  #idle(): void {
    this.#state = 'idle';
    this.#onset.clear();
  }

  /** Where the open clip ends if only silence follows. */
  get #tailEndSample(): number {
    return Math.min(this.#voicedEndSample + this.#limits.tailSamples, this.#maximumEndSample);
  }

  get #maximumEndSample(): number {
    return this.#clipStartSample + this.#limits.maximumSamples;
  }
}
