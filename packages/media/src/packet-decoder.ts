import type { SoundBlock } from './sound-block.ts';

/** Decodes the packets of one stream, in order. */
export interface PacketDecoder {
  /** What the packet decides, possibly nothing: some decoders take packets in batches. A packet that cannot be decoded becomes silence. */
  decode(packet: Uint8Array): Promise<SoundBlock | undefined>;
  /** What is left of the packets taken so far; more may follow. */
  flush(): Promise<SoundBlock | undefined>;
  /** Releases the decoder. Idempotent. */
  close(): void;
}
