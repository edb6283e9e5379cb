import { MediaError } from './media-error.ts';

// A short stretch of damage at the start must not condemn a long recording.
const PATIENCE_PACKETS = 50;

/** Counts the packets of a stream, good and bad, and gives up a stream that is mostly bad. */
export class PacketTally {
  #goodCount = 0;
  #badCount = 0;

  get badCount(): number {
    return this.#badCount;
  }

  good(count = 1): void {
    this.#goodCount += count;
  }

  /** @throws MediaError `media_damaged` if more than half of the packets, and not only a few, could not be decoded. */
  bad(count = 1): void {
    this.#badCount += count;
    if (this.#badCount > PATIENCE_PACKETS && this.#badCount > this.#goodCount) {
      throw new MediaError('media_damaged', 'more than half of the audio cannot be decoded');
    }
  }
}
