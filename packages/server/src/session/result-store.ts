import { decodePcm } from '@outspoken/audio';
import type { AudioFrame, ErrorMessage, FinalMessage, StartMessage } from '@outspoken/protocol';
import { ClipVerifier } from './clip-audio.ts';

/** A clip that is over, as long as its client has not said `done`. */
export interface StoredResult {
  readonly start: StartMessage;
  /** Sent again whenever the clip is, and after a resume. */
  readonly message: FinalMessage | ErrorMessage;
  /** Digest of the recognized samples; absent for an error and for a clip too short to recognize. */
  readonly digest?: string;
}

interface Entry extends StoredResult {
  verifier: ClipVerifier | undefined;
}

/** The results of one session until `done`, so that a lost connection loses none; at the bound the oldest goes. */
export class ResultStore {
  readonly #maximum: number;
  readonly #entries = new Map<string, Entry>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Keeps a result. */
  add(result: StoredResult): void {
    for (const clipId of this.#entries.keys()) {
      if (this.#entries.size < this.#maximum) break;
      this.#entries.delete(clipId);
    }
    this.#entries.set(result.start.clipId, { ...result, verifier: undefined });
  }

  /** What became of a clip. */
  get(clipId: string): StoredResult | undefined {
    return this.#entries.get(clipId);
  }

  /** Forgets a clip. @returns whether it was known. */
  delete(clipId: string): boolean {
    return this.#entries.delete(clipId);
  }

  /** Every result, oldest first. */
  values(): Iterable<StoredResult> {
    return this.#entries.values();
  }

  /** A finished clip is sent again: its audio is compared with the digest as it comes. */
  reopen(clipId: string): void {
    const entry = this.#entries.get(clipId);
    // After a stall the client may send more than was used; that is another clip by then, and no conflict.
    if (entry?.digest === undefined || entry.message.type !== 'final' || entry.message.endReason === 'stalled') return;
    entry.verifier = new ClipVerifier({ digest: entry.digest, lengthSamples: entry.message.receivedSamples });
  }

  /** Takes a chunk of a clip that is sent again. */
  write(frame: AudioFrame): void {
    const verifier = this.#entries.get(frame.clipId)?.verifier;
    if (verifier === undefined) return;
    verifier.write(frame.offsetSamples, decodePcm(frame.payload, frame.encoding));
  }

  /** The end of a clip that is sent again. @returns whether it is other content under a used id. */
  isConflict(clipId: string, lengthSamples: number): boolean {
    const entry = this.#entries.get(clipId);
    const verifier = entry?.verifier;
    if (entry === undefined || verifier === undefined || entry.message.type !== 'final') return false;
    entry.verifier = undefined;
    return lengthSamples !== entry.message.receivedSamples || verifier.isConflict();
  }
}
