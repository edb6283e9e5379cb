import { AAC_PACKET_SAMPLES, AAC_RATES_HZ, type AacConfig } from './aac-config.ts';
import { MAX_AAC_PACKET_BYTES, wrapAdts } from './adts-frame.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import type { PacketTally } from './packet-tally.ts';
import { cropped, joined, type SoundBlock, silence } from './sound-block.ts';
import { loadPieceDecoder } from './symphonia.ts';

const PIECE_SECONDS = 4;

/**
 * Decodes AAC-LC packets piece by piece, each a small ADTS file.
 *
 * Each packet's sound overlaps the one before, so a piece begins with the last packet of the piece before it, and what that gives is
 * dropped: the joins are exact. A packet that cannot be decoded becomes silence of the same length.
 *
 * @param tally - Told of each packet.
 */
export async function createAacDecoder(config: AacConfig, tally: PacketTally): Promise<PacketDecoder> {
  const sampleRateHz = AAC_RATES_HZ[config.rateIndex] ?? 0;
  const decodePiece = await loadPieceDecoder(sampleRateHz);
  const piecePackets = Math.ceil((PIECE_SECONDS * sampleRateHz) / AAC_PACKET_SAMPLES);
  let packets: Uint8Array[] = [];
  let previous: Uint8Array | undefined;

  async function decodePackets(piece: readonly Uint8Array[], primer: Uint8Array | undefined): Promise<SoundBlock | undefined> {
    const primed = primer === undefined ? piece : [primer, ...piece];
    const isWritable = primed.every((packet) => packet.length > 0 && packet.length <= MAX_AAC_PACKET_BYTES);
    const channels = isWritable ? await decodePiece(wrapAdts(primed, config)) : undefined;
    // Another length means that a packet was left out somewhere: smaller pieces tell which.
    if (channels?.length === config.channelConfig && channels[0]?.length === primed.length * AAC_PACKET_SAMPLES) {
      tally.good(piece.length);
      return cropped({ channels, sampleRateHz }, (primed.length - piece.length) * AAC_PACKET_SAMPLES);
    }
    if (piece.length > 1) {
      const middle = piece.length >> 1;
      const first = await decodePackets(piece.slice(0, middle), primer);
      const second = await decodePackets(piece.slice(middle), piece[middle - 1]);
      return joined([first, second].filter((half) => half !== undefined));
    }
    // The packet before may be the bad one.
    if (primer !== undefined) return await decodePackets(piece, undefined);
    tally.bad();
    return silence(config.channelConfig, sampleRateHz, AAC_PACKET_SAMPLES);
  }

  async function flush(): Promise<SoundBlock | undefined> {
    if (packets.length === 0) return undefined;
    const piece = packets;
    const primer = previous;
    packets = [];
    previous = piece.at(-1);
    return await decodePackets(piece, primer);
  }

  return {
    async decode(packet) {
      packets.push(packet.slice(0, MAX_AAC_PACKET_BYTES + 1));
      return packets.length < piecePackets ? undefined : await flush();
    },
    flush,
    close() {},
  };
}
