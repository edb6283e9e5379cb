import type { FinalMessage, InterimMessage } from '@outspoken/protocol';
import type { ClientError, ClientErrorCode } from './client-error.ts';

/** How the client stands with its server. */
export type ClientState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** A change of {@link ClientState}. */
export interface StateDetail {
  readonly state: ClientState;
  /** When `waiting`: time until the next attempt, in milliseconds. */
  readonly retryInMs?: number;
  /** When `waiting` or `closed`: why. */
  readonly cause?: ClientError;
}

/** A clip that ended without a final. */
export interface Rejection {
  readonly clipId: string;
  /** A code of the protocol, or `clip_expired`, `clip_evicted`, `client_closed`. */
  readonly code: ClientErrorCode;
  readonly message: string;
}

/** Speech goes on in another clip, because the server closed the first one as stalled. */
export interface Continuation {
  readonly clipId: string;
  readonly continuesClipId: string;
  /** Session time of the first sample, in milliseconds. */
  readonly startMs: number;
}

/** What each event of a {@link SpeechClient} carries. */
export interface ClientEventMap {
  readonly state: StateDetail;
  readonly interim: InterimMessage;
  /** At most once for a clip. */
  readonly final: FinalMessage;
  /** At most once for a clip, and never together with `final`. */
  readonly rejected: Rejection;
  readonly continued: Continuation;
  /** Something went wrong that is not about one clip; the client goes on. */
  readonly error: ClientError;
}

/** An event with what it carries. */
export class ClientEvent<T> extends Event {
  readonly detail: T;

  constructor(type: string, detail: T) {
    super(type);
    this.detail = detail;
  }
}

/** An `EventTarget` that knows the events of a {@link SpeechClient}. */
export interface ClientEventTarget {
  addEventListener<K extends keyof ClientEventMap>(
    type: K,
    listener: (event: ClientEvent<ClientEventMap[K]>) => void,
    options?: { readonly once?: boolean; readonly signal?: AbortSignal },
  ): void;
  removeEventListener<K extends keyof ClientEventMap>(type: K, listener: (event: ClientEvent<ClientEventMap[K]>) => void): void;
}

/** Calls the listeners of one event. */
export type Emit = <K extends keyof ClientEventMap>(type: K, detail: ClientEventMap[K]) => void;

/** Makes a typed target and the function that fires its events. */
export function createClientEvents(): { readonly events: ClientEventTarget; readonly emit: Emit } {
  const target = new EventTarget();
  return {
    // The target fires only ClientEvents, and only through emit, which knows the map.
    events: target as ClientEventTarget,
    emit: (type, detail) => {
      target.dispatchEvent(new ClientEvent(type, detail));
    },
  };
}
