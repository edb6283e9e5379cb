import type { MediaDescription } from './media-description.ts';
import type { SoundBlock } from './sound-block.ts';

/** The audio of an opened file, before it is mixed to mono: one implementation for each kind of container. */
export interface MediaTrack {
  readonly description: MediaDescription;
  /** Whether the file broke off; known when {@link blocks} has ended. */
  readonly isTruncated: boolean;
  /** All the sound, in order. Read once; decoders are released when it ends or is returned. */
  blocks(): AsyncGenerator<SoundBlock>;
}
