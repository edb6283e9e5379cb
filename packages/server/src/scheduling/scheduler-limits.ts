/** Limits of the `Scheduler`. */
export interface SchedulerLimits {
  /** A clip that would be done later than this is refused, in milliseconds. */
  readonly maximumPredictedWaitMs: number;
  /** The same for a new file, in milliseconds: whoever sends one waits anyway, and files that are read ahead look like a long queue. */
  readonly maximumFileWaitMs: number;
  /**
   * Most audio that may wait, in milliseconds; more is refused. Finals and speculative decodes are counted without files, which
   * they overtake; files with everything. A tenant may not hold more of it than it leaves free, so that nobody fills it for the others.
   */
  readonly maximumQueuedAudioMs: number;
  /** Interims stop when the wait passes this share of `maximumPredictedWaitMs`: each costs a whole decode. */
  readonly interimWaitRatio: number;
  /** Interims stop when the workers were busy with live speech for more than this share of the last seconds. */
  readonly interimBusyRatio: number;
}

/** The limits used unless told otherwise. */
export const DEFAULT_SCHEDULER_LIMITS: SchedulerLimits = Object.freeze({
  maximumPredictedWaitMs: 2500,
  maximumFileWaitMs: 60_000,
  maximumQueuedAudioMs: 600_000,
  interimWaitRatio: 0.25,
  interimBusyRatio: 0.8,
});

/** Fills in the defaults. @throws RangeError naming the limit and what arrived. */
export function schedulerLimits(given: Partial<SchedulerLimits>): SchedulerLimits {
  const limits = { ...DEFAULT_SCHEDULER_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`${name} must be above 0, got ${value}`);
  }
  return limits;
}
