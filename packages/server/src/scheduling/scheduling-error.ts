/**
 * Why a clip was not recognized.
 * - `overloaded`: the queue is full; try again after `retryAfterMs`.
 * - `deadline_exceeded`: its turn came too late to be of use; retryable.
 * - `coalesced`: a newer interim of the same clip took its place.
 * - `shed`: interims stop first when the wait grows.
 * - `draining`: the server is shutting down; retryable elsewhere.
 */
export type SchedulingErrorCode = 'overloaded' | 'deadline_exceeded' | 'coalesced' | 'shed' | 'draining';

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
