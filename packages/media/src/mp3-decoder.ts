import { MPEG_FRAMES, type MpegHeader } from './mpeg-frame.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import type { PacketTally } from './packet-tally.ts';
import { cropped, joined, type SoundBlock, silence } from './sound-block.ts';
import { loadPieceDecoder } from './symphonia.ts';

const PIECE_SECONDS = 4;
// A frame's data may begin up to 511 bytes before it (ISO 11172-3, 2.4.1.7), headers and side information not counted.
const PRIMER_BYTES = 1024;
const MIN_PRIMER_FRAMES = 2;

/**
 * Decodes MPEG audio frames of layer III piece by piece, each a small file.
 *
 * A frame leans on the data and the sound of those before it, so a piece begins with the last frames of the piece before it, and what
 * those give is dropped: the joins are exact. A frame that cannot be decoded becomes silence of the same length.
 *
 * @param first - Header of the first frame: all have its rate.
 * @param tally - Told of each frame.
 */
export async function createMp3Decoder(first: MpegHeader, tally: PacketTally): Promise<PacketDecoder> {
  const { sampleRateHz, channelCount, frameSamples } = first;
  const decodePiece = await loadPieceDecoder(sampleRateHz);
  const pieceFrames = Math.ceil((PIECE_SECONDS * sampleRateHz) / frameSamples);
  let frames: Uint8Array[] = [];
  let previous: readonly Uint8Array[] = [];

  async function decodeFrames(piece: readonly Uint8Array[], primer: readonly Uint8Array[]): Promise<SoundBlock | undefined> {
    const primed = [...primer, ...piece];
    const channels = await decodePiece(concatenated(primed));
    // Another length means that a frame was left out somewhere: smaller pieces tell which.
    if (channels?.length === channelCount && channels[0]?.length === primed.length * frameSamples) {
      tally.good(piece.length);
      return cropped({ channels, sampleRateHz }, primer.length * frameSamples);
    }
    if (piece.length > 1) {
      const middle = piece.length >> 1;
      const before = piece.slice(0, middle);
      const head = await decodeFrames(before, primer);
      const tail = await decodeFrames(piece.slice(middle), primerOf([...primer, ...before]));
      return joined([head, tail].filter((half) => half !== undefined));
    }
    // The frames before may be the bad ones.
    if (primer.length > 0) return await decodeFrames(piece, []);
    tally.bad();
    return silence(channelCount, sampleRateHz, frameSamples);
  }

  async function flush(): Promise<SoundBlock | undefined> {
    if (frames.length === 0) return undefined;
    const piece = frames;
    const primer = previous;
    frames = [];
    previous = primerOf([...primer, ...piece]);
    return await decodeFrames(piece, primer);
  }

  return {
    async decode(packet) {
      // In other containers anything may come as a packet, and a decoder would look for frames in it.
      const header = packet.length < MPEG_FRAMES.headerBytes ? undefined : MPEG_FRAMES.parse(packet, 0);
      if (header?.sampleRateHz !== sampleRateHz || header.channelCount !== channelCount || header.frameBytes > packet.length) {
        tally.bad();
        return undefined;
      }
      frames.push(packet.slice(0, header.frameBytes));
      return frames.length < pieceFrames ? undefined : await flush();
    },
    flush,
    close() {},
  };
}

/** The last frames, as many as what follows them may lean on. */
function primerOf(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0;
  let start = frames.length;
  while (start > 0 && (bytes < PRIMER_BYTES || frames.length - start < MIN_PRIMER_FRAMES)) bytes += frames[--start]?.length ?? 0;
  return frames.slice(start);
}

function concatenated(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let offset = 0;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  return bytes;
}
