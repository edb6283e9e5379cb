import type { SpeechEvidence } from '@outspoken/asr';
import type { TextFormat } from '@outspoken/text';
import type { ScheduledClip, ScheduledJob, ScheduledOutcome } from '../scheduling/scheduler.ts';
import { SchedulingError } from '../scheduling/scheduling-error.ts';
import type { ClipAudio } from './clip-audio.ts';
import { ClipRefinement, GUESSED_PAUSE_MS, REFINEMENT_GRACE_MS } from './clip-refinement.ts';
import { recognitionFailure } from './recognition-failure.ts';
import { SessionError } from './session-error.ts';
import type { SessionServices } from './session-services.ts';
import { formatTranscript } from './transcript-text.ts';

const SAMPLES_PER_MS = 16;

/** What a {@link ClipDecoding} is made of. */
export interface ClipDecodingOptions {
  readonly services: SessionServices;
  readonly clipId: string;
  readonly key: string;
  /** Who shares the processor with the others. */
  readonly tenant: string;
  /** How interims are written; what they may yet have to redact is held back. */
  readonly format: TextFormat;
  readonly onInterim: (revision: number, text: string) => void;
}

/** What may be a whole clip: its audio, what the speech detector on the device saw of it, and what is expected in it. */
export type HeardClip = Pick<ScheduledClip, 'samples' | 'speech' | 'keywords'>;

/** Who hears how the decode of the whole clip went: exactly one of them is called, once, unless it is cancelled. */
export interface DecisionListener {
  readonly onOutcome: (outcome: ScheduledOutcome) => void;
  readonly onFailure: (error: SessionError) => void;
}

interface Speculation {
  readonly clip: HeardClip;
  readonly job: ScheduledJob;
  hasFailed: boolean;
  /** A second look that began before the clip ended. */
  refinement: ClipRefinement | undefined;
}

/**
 * The decodes of one clip: interims while it is spoken (never two at once, each over a good deal of new audio, none under load),
 * a speculative one when it may be over, and the final one, which takes over the speculation if that guessed right. Where its text is
 * doubtful a second look follows, which the final waits for a little.
 */
export class ClipDecoding {
  readonly #options: ClipDecodingOptions;
  #interim: ScheduledJob | undefined;
  #interimSamples = 0;
  #interimText = '';
  #revision = 0;
  #speculation: Speculation | undefined;
  #final: ScheduledJob | undefined;
  #refinement: ClipRefinement | undefined;
  #isCancelled = false;

  constructor(options: ClipDecodingOptions) {
    this.#options = options;
  }

  /** More audio is there: a speculation over less of it is void, and an interim may be due. */
  heardUpTo(audio: ClipAudio, wantsInterims: boolean): void {
    this.#dropSpeculation();
    const { options, scheduler, metrics } = this.#options.services;
    const newMs = (audio.lengthSamples - this.#interimSamples) / SAMPLES_PER_MS;
    if (!wantsInterims || this.#interim !== undefined || newMs < options.interimEveryMs) return;
    this.#interimSamples = audio.lengthSamples;
    if (scheduler.predictedWaitMs(0) > options.interimMaximumWaitMs) {
      metrics.interimDropped('overload');
      return;
    }
    this.#startInterim(audio.view(audio.lengthSamples));
  }

  /** Starts to decode what may be the whole clip. */
  speculate(clip: HeardClip): void {
    if (this.#speculation?.clip.samples.length === clip.samples.length) return;
    this.#dropSpeculation();
    this.#dropInterim();
    const { services, key, tenant } = this.#options;
    const job = services.scheduler.submit({ lane: 'speculative', key, tenant, ...clip });
    const dueAtMs = services.clock.nowMs() + GUESSED_PAUSE_MS + REFINEMENT_GRACE_MS;
    const speculation: Speculation = { clip, job, hasFailed: false, refinement: undefined };
    this.#speculation = speculation;
    job.promise.then(
      (outcome) => {
        if (this.#speculation === speculation) speculation.refinement = this.#refine(clip, outcome, dueAtMs);
      },
      () => {
        // Only a guess was lost; the final decode will tell if something is wrong.
        speculation.hasFailed = true;
      },
    );
  }

  /** Decodes the whole clip, or takes over the speculation that did. */
  decide(clip: HeardClip, caller: DecisionListener): void {
    this.#dropInterim();
    const { options, clock } = this.#options.services;
    const dueAtMs = clock.nowMs() + REFINEMENT_GRACE_MS;
    const listener: DecisionListener = {
      onFailure: caller.onFailure,
      onOutcome: (outcome) => {
        // It is the result, unless it is doubtful and there is time for a second look.
        const refinement = this.#refine(clip, outcome, dueAtMs);
        if (refinement === undefined) caller.onOutcome(outcome);
        else this.#await(refinement, dueAtMs, caller.onOutcome);
      },
    };
    const speculation = this.#speculation;
    this.#speculation = undefined;
    if (speculation?.clip.samples.length !== clip.samples.length || speculation.hasFailed) {
      cancelSpeculation(speculation);
      this.#submitFinal(clip, listener);
      return;
    }
    const onOutcome = (outcome: ScheduledOutcome): void => {
      const { refinement } = speculation;
      if (refinement !== undefined) this.#await(refinement, dueAtMs, caller.onOutcome);
      else if (isBelievable(outcome, speculation.clip.speech, clip.speech)) listener.onOutcome(outcome);
      else this.#submitFinal(clip, listener);
    };
    speculation.job.promote({ deadlineMs: options.finalDeadlineMs });
    this.#follow(speculation.job, { ...listener, onOutcome }, (error) => {
      const isShed = error instanceof SchedulingError && (error.code === 'shed' || error.code === 'coalesced');
      // It was thrown out in the same moment in which it became important.
      if (isShed) this.#submitFinal(clip, listener);
      return isShed;
    });
  }

  /** Gives every decode up. Idempotent. */
  cancel(): void {
    this.#isCancelled = true;
    this.#dropInterim();
    this.#dropSpeculation();
    this.#final?.cancel();
    this.#final = undefined;
    this.#refinement?.cancel();
    this.#refinement = undefined;
  }

  #refine(clip: HeardClip, outcome: ScheduledOutcome, dueAtMs: number): ClipRefinement | undefined {
    const { services, key } = this.#options;
    return ClipRefinement.begin(services, { key, ...clip, outcome, dueInMs: dueAtMs - services.clock.nowMs() });
  }

  #await(refinement: ClipRefinement, dueAtMs: number, onOutcome: (outcome: ScheduledOutcome) => void): void {
    this.#refinement = refinement;
    refinement.settle(Math.max(0, dueAtMs - this.#options.services.clock.nowMs()), (outcome) => {
      this.#refinement = undefined;
      onOutcome(outcome);
    });
  }

  #submitFinal(clip: HeardClip, listener: DecisionListener): void {
    const { scheduler, options } = this.#options.services;
    const { clipId, key, tenant } = this.#options;
    const admission = scheduler.admit(clip.samples.length / SAMPLES_PER_MS, 'final', tenant);
    if (!admission.admitted) {
      const { retryAfterMs } = admission;
      listener.onFailure(new SessionError(admission.reason, 'the clip would wait too long', { clipId, endsClip: true, retryAfterMs }));
      return;
    }
    const job = scheduler.submit({ lane: 'final', key, tenant, ...clip, deadlineMs: options.finalDeadlineMs });
    this.#follow(job, listener, () => false);
  }

  #follow(job: ScheduledJob, listener: DecisionListener, recover: (error: unknown) => boolean): void {
    this.#final = job;
    job.promise.then(
      (outcome) => {
        if (this.#isCancelled) return;
        this.#final = undefined;
        listener.onOutcome(outcome);
      },
      (error: unknown) => {
        if (this.#isCancelled || recover(error)) return;
        this.#final = undefined;
        listener.onFailure(recognitionFailure(error, this.#options.clipId));
      },
    );
  }

  #startInterim(samples: Float32Array): void {
    const { scheduler, metrics, options } = this.#options.services;
    const { key, tenant } = this.#options;
    const job = scheduler.submit({ lane: 'interim', key, tenant, samples, deadlineMs: options.interimEveryMs });
    this.#interim = job;
    job.promise.then(
      (outcome) => {
        if (this.#interim !== job) return;
        this.#interim = undefined;
        this.#emitInterim(formatTranscript(outcome.transcript, this.#options.format, { isUnfinished: true }).text);
      },
      (error: unknown) => {
        if (this.#interim !== job) return;
        this.#interim = undefined;
        // The scheduler counts what it coalesces and sheds itself.
        if (error instanceof SchedulingError && error.code === 'deadline_exceeded') metrics.interimDropped('stale');
      },
    );
  }

  #emitInterim(text: string): void {
    if (text === '' || text === this.#interimText) return;
    this.#interimText = text;
    this.#revision += 1;
    this.#options.services.metrics.interimSent();
    this.#options.onInterim(this.#revision, text);
  }

  #dropInterim(): void {
    if (this.#interim === undefined) return;
    const job = this.#interim;
    this.#interim = undefined;
    this.#options.services.metrics.interimDropped('stale');
    job.cancel();
  }

  #dropSpeculation(): void {
    cancelSpeculation(this.#speculation);
    this.#speculation = undefined;
  }
}

function cancelSpeculation(speculation: Speculation | undefined): void {
  speculation?.job.cancel();
  speculation?.refinement?.cancel();
}

/**
 * Whether the outcome of a guess may stand. An empty text was judged by what the recognizer knew of the speech in it: when the end
 * knows something else, it is not settled that nobody spoke.
 */
function isBelievable({ transcript }: ScheduledOutcome, known: SpeechEvidence | undefined, told: SpeechEvidence | undefined): boolean {
  if (transcript.text !== '' || told === undefined) return true;
  return (
    known?.voicedMs === told.voicedMs && known.peakProbability === told.peakProbability && known.meanProbability === told.meanProbability
  );
}
