import { DEFAULT_RETRY_MS } from '../session/recognition-failure.ts';
import { SessionError } from '../session/session-error.ts';
import type { ApiContext } from './api-context.ts';

/** Whoever asks is not known yet and has nothing waiting: no session and no file has this name. */
const NEWCOMER = 'newcomer';

/**
 * Asks whether new speech can be recognized in good time.
 *
 * @param lane - `file` for what may wait longer than someone who has just spoken.
 * @throws {@link SessionError} `draining` or `overloaded`, with a time to come back.
 */
export function checkCapacity({ registry, hasWorker, scheduler, sessionOptions }: ApiContext, lane: 'final' | 'file'): void {
  const retry = { retryAfterMs: DEFAULT_RETRY_MS };
  if (registry.isDraining) throw new SessionError('draining', 'the server is shutting down', retry);
  if (!hasWorker()) throw new SessionError('overloaded', 'no worker is ready yet', retry);
  const admission = scheduler.admit(sessionOptions.typicalClipMs, lane, NEWCOMER);
  if (!admission.admitted) {
    throw new SessionError(admission.reason, 'the server has more speech than it can recognize', { retryAfterMs: admission.retryAfterMs });
  }
}
