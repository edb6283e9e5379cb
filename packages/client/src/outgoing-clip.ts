import { type ClipEvent, type ClipState, type EndMessage, isTerminal, nextClipState } from '@outspoken/protocol';
import { ClipAudio } from './clip-audio.ts';

/** How a clip ended. */
export type ClipEnd = Pick<EndMessage, 'reason' | 'continues' | 'evidence' | 'levelDbfs'>;

/** What is said of a clip that may be over. */
export interface ClipPause {
  /** What the speech detector saw of the clip up to here, if there is one. */
  readonly evidence?: ClipEnd['evidence'];
}

/** What is fixed when a clip begins. */
export interface ClipBeginning {
  readonly clipId: string;
  readonly sequence: number;
  readonly startMs: number;
  readonly preRollMs: number;
  readonly continuesClipId?: string;
  /** On the monotonic clock, for the clip's age. */
  readonly createdAtMs: number;
  /** True when this client made the clip out of the rest of a stalled one. */
  readonly isRest?: boolean;
}

/** Memory counted for a clip besides its samples, so that empty clips are bounded too. */
export const CLIP_OVERHEAD_BYTES = 256;

/** A clip in the outbox: its audio, its state, and what of it was sent on the present connection. */
export class OutgoingClip {
  readonly beginning: ClipBeginning;
  readonly audio: ClipAudio = new ClipAudio();
  /** Set once the last sample is in. */
  end: ClipEnd | undefined;
  /** The clip that took over the rest of the audio. */
  successor: OutgoingClip | undefined;
  /** Set while a `maybe_end` waits to be sent; more audio takes it back. */
  pause: ClipPause | undefined;
  /** On the monotonic clock, while in BACKOFF. */
  retryAtMs: number = Number.POSITIVE_INFINITY;
  /** Refusals so far. */
  refusals = 0;
  /** Whether the server knows the clip on this connection. */
  isStarted = false;
  isEndSent = false;
  sentSamples = 0;
  chunkSequence = 0;
  /** Furthest sample ever sent, on any connection. */
  everSentSamples = 0;
  #state: ClipState = 'CAPTURED';

  constructor(beginning: ClipBeginning) {
    this.beginning = beginning;
  }

  get clipId(): string {
    return this.beginning.clipId;
  }

  get state(): ClipState {
    return this.#state;
  }

  get isFinished(): boolean {
    return isTerminal(this.#state);
  }

  get sizeBytes(): number {
    return CLIP_OVERHEAD_BYTES + this.audio.lengthSamples * 2;
  }

  /** Moves to the next state; false when the event means nothing now. */
  apply(event: ClipEvent): boolean {
    const next = nextClipState(this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  /** Forgets what was sent: the server does not know the clip. */
  rewind(): void {
    this.isStarted = false;
    this.isEndSent = false;
    this.sentSamples = 0;
    this.chunkSequence = 0;
  }

  /** Takes up where the server says it stands. */
  resume(receivedSamples: number, isEnded: boolean): void {
    this.isStarted = true;
    this.isEndSent = isEnded;
    this.sentSamples = Math.min(receivedSamples, this.audio.lengthSamples);
    this.chunkSequence = 0;
  }
}
