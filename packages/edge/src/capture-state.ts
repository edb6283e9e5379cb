/**
 * What the microphone side is doing.
 *
 * `idle` nothing is open · `starting` asking and loading · `listening` sound arrives · `suspended` the browser holds audio back until
 * a gesture · `recovering` the device was lost and is being opened again · `closed` for good.
 */
export type CaptureState = 'idle' | 'starting' | 'listening' | 'suspended' | 'recovering' | 'closed';

/** What the connection to the server is doing; the microphone stays open whatever it is. */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** A snapshot of everything a page may want to show; a new object for each change. */
export interface CaptureStatus {
  readonly state: CaptureState;
  readonly isMuted: boolean;
  /** Whether audio is leaving the device, or waits to leave it: a clip is open or not yet sent whole. */
  readonly isUploading: boolean;
  readonly connection: ConnectionState;
  /** Time to the next attempt while `connection` is `waiting`, in milliseconds, counted from the event. */
  readonly retryInMs?: number;
}

/** What may happen to a capture. */
export type CaptureSignal = 'start' | 'flowing' | 'suspended' | 'lost' | 'failed' | 'stop' | 'close';

const TRANSITIONS: Readonly<Record<CaptureState, Partial<Record<CaptureSignal, CaptureState>>>> = {
  idle: { start: 'starting', close: 'closed' },
  starting: { flowing: 'listening', suspended: 'suspended', lost: 'recovering', failed: 'idle', stop: 'idle', close: 'closed' },
  listening: { flowing: 'listening', suspended: 'suspended', lost: 'recovering', failed: 'idle', stop: 'idle', close: 'closed' },
  suspended: { flowing: 'listening', suspended: 'suspended', lost: 'recovering', failed: 'idle', stop: 'idle', close: 'closed' },
  recovering: { flowing: 'listening', suspended: 'suspended', lost: 'recovering', failed: 'idle', stop: 'idle', close: 'closed' },
  closed: {},
};

/** The state after a signal; a signal that means nothing in a state leaves it as it is. */
export function nextCaptureState(state: CaptureState, signal: CaptureSignal): CaptureState {
  return TRANSITIONS[state][signal] ?? state;
}

/** The status before the first `start()`. */
export const INITIAL_STATUS: CaptureStatus = Object.freeze({ state: 'idle', isMuted: false, isUploading: false, connection: 'idle' });
