import { ADTS_FRAMES } from './adts-frame.ts';
import { ByteStream } from './byte-stream.ts';
import type { MediaContainer } from './formats.ts';
import type { FrameFormat, FrameHeader } from './frame-walker.ts';
import type { MediaSource } from './media-source.ts';
import { MPEG_FRAMES } from './mpeg-frame.ts';

/** What a file is by its content. */
export interface SniffedMedia {
  readonly container: MediaContainer;
  /** Where it begins, behind tags and junk. */
  readonly startByte: number;
}

// A page of a broadcast, a stray tag: frames of MP3 and AAC are looked for so far behind the start.
const MAX_JUNK_BYTES = 128 * 1024;
const MAX_TAGS = 16;
const TAG_HEADER_BYTES = 10;
const SIGNATURE_BYTES = 12;
const BOX_NAMES = new Set(['ftyp', 'moov', 'mdat', 'moof', 'styp', 'free', 'skip', 'wide', 'pnot', 'sidx']);
// A single header stands in any file; three in a row, each where the one before ends, do not.
const ROW_FRAMES = 3;

/** Tells what a file is, by its bytes alone; undefined if it is nothing that can be opened. */
export async function sniffMedia(source: MediaSource): Promise<SniffedMedia | undefined> {
  const stream = new ByteStream(source);
  await skipTags(stream);
  const startByte = stream.position;
  const head = await stream.peek(MAX_JUNK_BYTES + ADTS_FRAMES.maximumFrameBytes * (ROW_FRAMES + 1));
  const container = containerOf(head);
  if (container !== undefined) return { container, startByte };
  const isEnd = startByte + head.length >= source.sizeBytes;
  const last = Math.min(head.length, MAX_JUNK_BYTES);
  for (let offset = head.indexOf(0xff); offset !== -1 && offset < last; offset = head.indexOf(0xff, offset + 1)) {
    if (isRow(head, offset, ADTS_FRAMES, isEnd)) return { container: 'aac', startByte: startByte + offset };
    if (isRow(head, offset, MPEG_FRAMES, isEnd)) return { container: 'mp3', startByte: startByte + offset };
  }
  return undefined;
}

function containerOf(head: Uint8Array): MediaContainer | undefined {
  const text = String.fromCharCode(...head.subarray(0, SIGNATURE_BYTES));
  const name = text.slice(0, 4);
  if ((name === 'RIFF' || name === 'RF64' || name === 'BW64') && text.slice(8) === 'WAVE') return 'wav';
  if (name === 'fLaC') return 'flac';
  if (name === 'OggS') return 'ogg';
  if (name === '\x1a\x45\xdf\xa3') return 'webm';
  return BOX_NAMES.has(text.slice(4, 8)) ? 'mp4' : undefined;
}

/** Steps over ID3v2 tags, pictures and all. */
async function skipTags(stream: ByteStream): Promise<void> {
  for (let count = 0; count < MAX_TAGS; count++) {
    const head = await stream.peek(TAG_HEADER_BYTES);
    if (head.length < TAG_HEADER_BYTES || String.fromCharCode(...head.subarray(0, 3)) !== 'ID3') return;
    // Seven bits of each byte count, so that no length looks like a frame.
    const size = head.subarray(6, TAG_HEADER_BYTES).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
    const hasFooter = ((head[5] ?? 0) & 0x10) !== 0;
    stream.skip(TAG_HEADER_BYTES + size + (hasFooter ? TAG_HEADER_BYTES : 0));
  }
}

/** Whether frames stand in a row; at the very start fewer will do if the file ends with them. */
function isRow(head: Uint8Array, start: number, format: FrameFormat<FrameHeader>, isEnd: boolean): boolean {
  let offset = start;
  let rateHz: number | undefined;
  for (let count = 0; count < ROW_FRAMES; count++) {
    if (offset + format.headerBytes > head.length) return isEnd && start === 0 && count > 0;
    const header = format.parse(head, offset);
    if (header === undefined || header.sampleRateHz !== (rateHz ?? header.sampleRateHz)) return false;
    rateHz = header.sampleRateHz;
    offset += header.frameBytes;
  }
  return true;
}
