/**
 * Why a clip was not recognized.
 * - `overloaded`: the queue is full; try again after `retryAfterMs`.
 * - `deadline_exceeded`: it was not done when its deadline came, or could not have been; retryable.
 * - `coalesced`: a newer interim of the same clip took its place.
 * - `shed`: interims stop first when the wait grows.
 * - `preempted`: a second look at a clip made way for something that somebody waits for; the first text stands.
 * - `draining`: the server is shutting down; retryable elsewhere.
 */
export type SchedulingErrorCode = 'overloaded' | 'deadline_exceeded' | 'coalesced' | 'shed' | 'preempted' | 'draining';

/** A typed refusal by the scheduler. Failures of the recognition itself come as `DispatchError`. */
export class SchedulingError extends Error {
  override readonly name = 'SchedulingError';
  readonly code: SchedulingErrorCode;
  /** When to try again, in milliseconds from now, computed from the measured speed; absent when trying again makes no sense. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SchedulingErrorCode, message: string, options: ErrorOptions & { readonly retryAfterMs?: number } = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A draining server cannot know when its successor answers; a second is what a restart takes. */
export const DRAINING_RETRY_MS = 1000;

/** What every clip is told while the server shuts down. */
export function drainingError(): SchedulingError {
  return new SchedulingError('draining', 'the server is shutting down, connect again', { retryAfterMs: DRAINING_RETRY_MS });
}

/** What an interim is told whose place was taken. */
export function coalescedError(): SchedulingError {
  return new SchedulingError('coalesced', 'a newer result of the same clip takes its place');
}

/** What a second look is told whose worker is needed. */
export function preemptedError(): SchedulingError {
  return new SchedulingError('preempted', 'another clip needs the worker');
}

/** What an interim is told under load. */
export function shedError(): SchedulingError {
  return new SchedulingError('shed', 'interim results stop while finals wait');
}
