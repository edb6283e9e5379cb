import type { CancelReason } from '@outspoken/protocol';
import type { ClipSender } from './clip-sender.ts';
import type { ClipEnd, ClipPause, OutgoingClip } from './outgoing-clip.ts';

/** What is known when speech begins. */
export interface UtteranceStart {
  /** Session time of the first sample, in milliseconds. */
  readonly startMs: number;
  /** How much of the beginning lies before the onset of speech, in milliseconds. */
  readonly preRollMs: number;
  /** The clip whose speech this one continues, after a split. */
  readonly continuesClipId?: string;
}

/**
 * Speech on its way to the server, from its first sample to its end. It goes on through lost connections; when the server closed its
 * clip as stalled, the rest goes into a new clip.
 */
export class OutgoingUtterance {
  readonly #sender: ClipSender;
  #clip: OutgoingClip;

  /** Made by {@link SpeechClient.startUtterance}. */
  constructor(sender: ClipSender, clip: OutgoingClip) {
    this.#sender = sender;
    this.#clip = clip;
  }

  /** Id of the clip that takes the next sample; changes when a stalled clip is continued. */
  get clipId(): string {
    return this.#current().clipId;
  }

  /** Adds audio: 16 kHz, one channel. It is copied. Does nothing after the end. */
  push(samples: Int16Array): void {
    this.#sender.append(this.#current(), samples);
  }

  /**
   * Says that the speech may be over, so that the server can begin to decode. More audio takes it back.
   *
   * @throws ProtocolError when a figure is out of range.
   */
  maybeEnd(pause: ClipPause = {}): void {
    this.#sender.maybeEnd(this.#current(), pause);
  }

  /**
   * Closes the utterance; its final comes as an event.
   *
   * @throws ProtocolError when a figure is out of range.
   */
  end(end: ClipEnd): void {
    this.#sender.close(this.#current(), end);
  }

  /** Drops the utterance: no event follows for its clip. Does nothing once the final has come. */
  cancel(reason: CancelReason): void {
    this.#sender.cancel(this.#current(), reason);
  }

  #current(): OutgoingClip {
    while (this.#clip.successor) this.#clip = this.#clip.successor;
    return this.#clip;
  }
}
