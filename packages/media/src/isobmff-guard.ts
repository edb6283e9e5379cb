import { MediaError } from './media-error.ts';
import type { MediaSource } from './media-source.ts';

/** What the boxes of an MP4 file say before its samples are looked for. */
export interface BoxSurvey {
  /** Whether a box goes on beyond the end of the file. */
  readonly isTruncated: boolean;
}

interface Box {
  readonly name: string;
  readonly startByte: number;
  readonly endByte: number;
}

/** The runs of one fragment that name samples without a byte for each. */
interface BareRuns {
  sampleCount: number;
}

// The tables of four hours of film take some megabytes.
const MAX_INDEX_BYTES = 32 * 1024 * 1024;
// Four hours at 192 kHz are 2.7 million packets of AAC.
const MAX_SAMPLES = 4_000_000;
const MAX_RUN_SAMPLES = 100_000;
const MAX_BOXES = 1_000_000;
const MAX_DEPTH = 12;
const PARENTS = new Set(['trak', 'mdia', 'minf', 'stbl', 'edts', 'mvex', 'traf']);
const ENCRYPTED = new Set(['saiz', 'saio', 'senc', 'pssh']);
const RUN_FIELDS = 0xf00;

/**
 * Looks at the boxes of an MP4 file before the container reader does: it makes an object for each sample that a table names, also when
 * a table of 8 bytes names 4 billion.
 *
 * @throws MediaError `media_damaged` if there is no index or one that no real file has, `unsupported_media` if it is encrypted.
 */
export async function surveyBoxes(source: MediaSource): Promise<BoxSurvey> {
  let hasIndex = false;
  let startByte = 0;
  for (let count = 0; startByte + 8 <= source.sizeBytes; count++) {
    if (count === MAX_BOXES) throw new MediaError('media_damaged', 'this MP4 file is made of too many boxes');
    const head = await source.read(startByte, Math.min(startByte + 16, source.sizeBytes));
    const box = boxAt(head, 0, startByte, source.sizeBytes);
    if (box === undefined) break;
    const headerBytes = box.startByte - startByte;
    if (box.endByte > source.sizeBytes) {
      if (hasIndex) return { isTruncated: true };
      break;
    }
    if (box.name === 'moov' || box.name === 'moof') {
      if (box.endByte - box.startByte > MAX_INDEX_BYTES) throw new MediaError('media_damaged', 'the index of this MP4 file is too large');
      hasIndex ||= box.name === 'moov';
      checkTables(await source.read(box.startByte, box.endByte), 0, { sampleCount: 0 });
    }
    startByte = box.endByte;
    if (headerBytes <= 0) break;
  }
  if (!hasIndex) throw new MediaError('media_damaged', 'this MP4 file has no index: it is cut off, or its recording was never finished');
  return { isTruncated: false };
}

function checkTables(bytes: Uint8Array, depth: number, bareRuns: BareRuns): void {
  if (depth > MAX_DEPTH) throw new MediaError('media_damaged', 'the boxes of this MP4 file are nested too deeply');
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const box = boxAt(bytes, offset, 0, bytes.length);
    if (box === undefined) return;
    const content = bytes.subarray(box.startByte, Math.min(box.endByte, bytes.length));
    if (PARENTS.has(box.name)) checkTables(content, depth + 1, bareRuns);
    else checkTable(box.name, content, bareRuns);
    offset = box.endByte;
  }
}

function checkTable(name: string, content: Uint8Array, bareRuns: BareRuns): void {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const at = (offset: number): number => (offset + 4 <= view.byteLength ? view.getUint32(offset) : 0);
  if (ENCRYPTED.has(name)) throw new MediaError('unsupported_media', 'this MP4 file is encrypted');
  let sampleCount = 0;
  if (name === 'stts' || name === 'ctts') {
    const entryCount = at(4);
    if (8 + 8 * entryCount > view.byteLength) throw new MediaError('media_damaged', 'a table of this MP4 file is cut short');
    for (let entry = 0; entry < entryCount; entry++) sampleCount += at(8 + 8 * entry);
  } else if (name === 'stsz' || name === 'stz2') {
    sampleCount = at(8);
  } else if (name === 'trun') {
    const hasFields = (at(0) & RUN_FIELDS) !== 0;
    sampleCount = at(4);
    if (!hasFields) bareRuns.sampleCount += sampleCount;
    if (hasFields ? sampleCount > view.byteLength / 4 : bareRuns.sampleCount > MAX_RUN_SAMPLES)
      throw new MediaError('media_damaged', 'a table of this MP4 file is cut short');
  }
  if (sampleCount > MAX_SAMPLES)
    throw new MediaError('media_damaged', 'the index of this MP4 file names more packets than any recording has');
}

/** The box whose header stands at `offset` of `bytes`, which begin at `baseByte`; its content has its place counted from there. */
function boxAt(bytes: Uint8Array, offset: number, baseByte: number, endByte: number): Box | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.byteLength - offset);
  const name = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
  const shortSize = view.getUint32(0);
  if (shortSize === 1 && view.byteLength < 16) return undefined;
  const headerBytes = shortSize === 1 ? 16 : 8;
  const sizeBytes = shortSize === 1 ? Number(view.getBigUint64(8)) : shortSize;
  const start = baseByte + offset;
  // Size 0 means to the end.
  if (sizeBytes === 0) return { name, startByte: start + headerBytes, endByte };
  return sizeBytes < headerBytes ? undefined : { name, startByte: start + headerBytes, endByte: start + sizeBytes };
}
