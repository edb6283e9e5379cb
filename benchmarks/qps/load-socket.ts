import type { FinalMessage } from '@outspoken/protocol';
import type { SpokenEnd } from './step-plan.ts';

/** How a clip begins. */
export interface ClipStart {
  readonly startMs: number;
  /** The clip whose speech this one continues, after a split. */
  readonly continuesClipId: string | undefined;
}

/** What is told of a clip that was sent. */
export interface ClipListener {
  /** The server wants to be asked again later. Comes before the answer, any number of times. */
  refused(code: string): void;
  /** Comes once, unless the clip was cancelled. */
  answered(answer: ClipAnswer): void;
}

/** How a clip came to its end. */
export type ClipAnswer =
  | { readonly type: 'final'; readonly text: string; readonly effort: FinalMessage['effort'] }
  | { readonly type: 'rejected'; readonly code: string }
  | { readonly type: 'unanswered' };

/** A clip on its way. */
export interface SentClip {
  readonly clipId: string;
  push(samples: Int16Array): void;
  maybeEnd(evidence: SpokenEnd['evidence']): void;
  end(end: SpokenEnd): void;
  cancel(): void;
}

/** One connection to a server under load, whatever it speaks. */
export interface LoadSocket extends AsyncDisposable {
  /** Clips without an answer. */
  readonly pendingCount: number;
  startClip(start: ClipStart, listener: ClipListener): SentClip;
}

/** Opens a socket; `onTrouble` hears what goes wrong with the connection and not with one clip. */
export type OpenSocket = (url: string, onTrouble: (code: string) => void) => Promise<LoadSocket>;

/** The socket with the fewest clips on their way: the first of those that are equal. */
export function leastBusy(sockets: readonly LoadSocket[]): LoadSocket {
  return sockets.reduce((least, socket) => (socket.pendingCount < least.pendingCount ? socket : least));
}
