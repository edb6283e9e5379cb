import { MediaError } from './media-error.ts';
import { writeOgg } from './ogg-page.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import type { PacketTally } from './packet-tally.ts';
import { joined, type SoundBlock } from './sound-block.ts';
import { loadPieceDecoder } from './symphonia.ts';

/** The headers of a Vorbis stream (Vorbis I, 4.2) that its decoder needs. */
export interface VorbisHeaders {
  readonly identification: Uint8Array;
  readonly setup: Uint8Array;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  /** Samples of one channel in the longest packet. */
  readonly maximumPacketSamples: number;
}

const PIECE_SECONDS = 4;
// Packets of 64 samples are the shortest there are; a piece of them must not grow without end.
const MAX_PIECE_PACKETS = 1000;
const MAX_PACKET_BYTES = 64 * 1024;
const MAX_SETUP_BYTES = 256 * 1024;
// An empty comment: no vendor, no entries, the framing bit.
const COMMENT = Uint8Array.of(3, ...Buffer.from('vorbis'), 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** @throws MediaError `media_damaged` if these are not the first and the third header of a stream. */
export function parseVorbisHeaders(identification: Uint8Array, setup: Uint8Array): VorbisHeaders {
  const view = new DataView(identification.buffer, identification.byteOffset, identification.byteLength);
  if (!isVorbisHeader(identification, 1) || view.byteLength < 30 || !isVorbisHeader(setup, 5) || setup.length > MAX_SETUP_BYTES) {
    throw new MediaError('media_damaged', 'the headers of Vorbis are damaged');
  }
  const maximumPacketSamples = 1 << (view.getUint8(28) >> 4);
  if (maximumPacketSamples < 64 || maximumPacketSamples > 8192) throw new MediaError('media_damaged', 'the headers of Vorbis are damaged');
  return { identification, setup, channelCount: view.getUint8(11), sampleRateHz: view.getUint32(12, true), maximumPacketSamples };
}

/** Takes the headers from the private data of WebM: their number less one, the lengths in Xiph's lacing, the headers. */
export function unlaceVorbisHeaders(bytes: Uint8Array): VorbisHeaders {
  let offset = 1;
  const lengths = [0, 1].map(() => {
    let length = 0;
    for (; bytes[offset] === 255; offset++) length += 255;
    return length + (bytes[offset++] ?? 0);
  });
  const [first = 0, second = 0] = lengths;
  if (bytes[0] !== 2) throw new MediaError('media_damaged', 'the headers of Vorbis are damaged');
  return parseVorbisHeaders(bytes.subarray(offset, offset + first), bytes.subarray(offset + first + second));
}

/**
 * Decodes Vorbis packets piece by piece, each a small Ogg file with the headers of the stream.
 *
 * The first packet of a file gives no sound but the overlap for the next, so a piece begins with the last packet of the piece before:
 * the joins are exact. A packet that cannot be decoded is left out.
 *
 * @param tally - Told of each packet.
 */
export async function createVorbisDecoder(headers: VorbisHeaders, tally: PacketTally): Promise<PacketDecoder> {
  const { identification, setup, sampleRateHz, channelCount, maximumPacketSamples } = headers;
  const decodePiece = await loadPieceDecoder(sampleRateHz);
  let packets: Uint8Array[] = [];
  let pieceSamples = 0;
  let previous: Uint8Array | undefined;

  async function decodePackets(piece: readonly Uint8Array[], primer: Uint8Array | undefined): Promise<SoundBlock | undefined> {
    const primed = primer === undefined ? piece : [primer, ...piece];
    const channels = await decodePiece(writeOgg([[identification], [COMMENT, setup], primed]));
    // More than the packets can hold would be the sound of something else that stands in them.
    if (channels?.length === channelCount && (channels[0]?.length ?? 0) <= primed.length * maximumPacketSamples) {
      tally.good(piece.length);
      return { channels, sampleRateHz };
    }
    if (piece.length > 1) {
      const middle = piece.length >> 1;
      const first = await decodePackets(piece.slice(0, middle), primer);
      const second = await decodePackets(piece.slice(middle), piece[middle - 1]);
      return joined([first, second].filter((half) => half !== undefined));
    }
    // A packet alone gives nothing.
    if (primed.length > 1) tally.bad();
    return undefined;
  }

  async function flush(): Promise<SoundBlock | undefined> {
    if (packets.length === 0) return undefined;
    const piece = packets;
    const primer = previous;
    packets = [];
    pieceSamples = 0;
    previous = piece.at(-1);
    return await decodePackets(piece, primer);
  }

  return {
    async decode(packet) {
      // An empty packet says nothing, and an odd first bit marks a header.
      if (packet.length === 0 || packet.length > MAX_PACKET_BYTES || ((packet[0] ?? 0) & 1) === 1) {
        tally.bad();
        return undefined;
      }
      packets.push(packet.slice());
      pieceSamples += maximumPacketSamples / 2;
      return pieceSamples < PIECE_SECONDS * sampleRateHz && packets.length < MAX_PIECE_PACKETS ? undefined : await flush();
    },
    flush,
    close() {},
  };
}

function isVorbisHeader(bytes: Uint8Array, type: number): boolean {
  return bytes[0] === type && String.fromCharCode(...bytes.subarray(1, 7)) === 'vorbis';
}
