/**
 * Where a clip stands on the client's side.
 *
 * `CAPTURED` in the outbox, not (or no longer) known to the server; `SENT` started on this connection; `ACCEPTED` taken on by the
 * server; `BACKOFF` refused for now. The others are terminal, and a clip reaches exactly one of them.
 */
export type ClipState = 'CAPTURED' | 'SENT' | 'ACCEPTED' | 'BACKOFF' | TerminalClipState;
/** A state that a clip never leaves. */
export type TerminalClipState = 'FINAL' | 'REJECTED' | 'CANCELLED' | 'EXPIRED' | 'EVICTED';
/** What can happen to a clip. `retry` stands for `busy` and for a retryable error. */
export type ClipEvent = 'send' | 'accepted' | 'retry' | 'retry_due' | 'disconnected' | 'final' | 'rejected' | 'cancel' | 'expire' | 'evict';

const FROM_ANYWHERE = {
  final: 'FINAL',
  rejected: 'REJECTED',
  cancel: 'CANCELLED',
  expire: 'EXPIRED',
  evict: 'EVICTED',
} as const satisfies Partial<Record<ClipEvent, ClipState>>;

const TRANSITIONS: Readonly<Record<ClipState, Partial<Record<ClipEvent, ClipState>>>> = Object.freeze({
  CAPTURED: { ...FROM_ANYWHERE, send: 'SENT', disconnected: 'CAPTURED', retry: 'BACKOFF' },
  SENT: { ...FROM_ANYWHERE, accepted: 'ACCEPTED', retry: 'BACKOFF', disconnected: 'CAPTURED' },
  ACCEPTED: { ...FROM_ANYWHERE, accepted: 'ACCEPTED', retry: 'BACKOFF', disconnected: 'CAPTURED' },
  BACKOFF: { ...FROM_ANYWHERE, retry_due: 'CAPTURED', disconnected: 'BACKOFF' },
  FINAL: {},
  REJECTED: {},
  CANCELLED: {},
  EXPIRED: {},
  EVICTED: {},
});

/**
 * The state after an event.
 *
 * @returns `undefined` when the event means nothing in this state, such as a second final: it is then ignored.
 */
export function nextClipState(state: ClipState, event: ClipEvent): ClipState | undefined {
  return TRANSITIONS[state][event];
}

/** Whether a clip in this state is finished. */
export function isTerminal(state: ClipState): state is TerminalClipState {
  return Object.keys(TRANSITIONS[state]).length === 0;
}

/** Whether a clip in this state counts against the window: the server works on it. */
export function isInFlight(state: ClipState): boolean {
  return state === 'SENT' || state === 'ACCEPTED';
}

/**
 * What a receiver does with a frame, given what it has of the clip: how many samples at the front of the frame it has already.
 *
 * After a resume both ends may see audio again, so what is known is skipped; a frame that leaves a hole cannot be used.
 *
 * @returns Samples to skip (all of them when the frame brings nothing new), or `'gap'`.
 */
export function placeFrame(
  receivedSamples: number,
  frame: { readonly offsetSamples: number; readonly sampleCount: number },
): number | 'gap' {
  if (frame.offsetSamples > receivedSamples) return 'gap';
  return Math.min(receivedSamples - frame.offsetSamples, frame.sampleCount);
}
