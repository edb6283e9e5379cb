import { EvaluationError } from '../evaluation-error.ts';

/** One line of a manifest: a recording and what is said in it. */
export interface ManifestEntry {
  /** Path as it is written: absolute, or relative to the folder of the manifest. */
  readonly audioPath: string;
  /** What is said; null where nobody wrote it down. */
  readonly text: string | null;
  readonly durationMs?: number;
  /** Who speaks. */
  readonly speaker?: string;
  /** Every other field as it is: category, source, licence … */
  readonly fields: Readonly<Record<string, unknown>>;
}

const MS_PER_SECOND = 1000;
const OWN_FIELDS = new Set(['audio_filepath', 'text', 'duration', 'speaker']);

/**
 * Reads a manifest as NVIDIA NeMo writes it: one JSON object on each line. Empty lines are passed over; a `duration` is in seconds.
 *
 * @throws {@link EvaluationError} `manifest_line`, `manifest_field`, `manifest_empty`, with the number of the line and what to do.
 */
export function readManifest(text: string): ManifestEntry[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const entries = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]));
  if (entries.length === 0) {
    throw new EvaluationError('manifest_empty', 'the manifest has no line, write one JSON object with audio_filepath and text on each');
  }
  return entries;
}

/** Writes a manifest that NeMo and {@link readManifest} read. */
export function formatManifest(entries: readonly ManifestEntry[]): string {
  return entries
    .map(({ audioPath, text, durationMs, speaker, fields }) => {
      const line = {
        audio_filepath: audioPath,
        ...(durationMs === undefined ? {} : { duration: durationMs / MS_PER_SECOND }),
        text,
        ...(speaker === undefined ? {} : { speaker }),
        ...fields,
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}

/** What a clip is called in a slice by a field: its value as text, `(none)` where it has none. */
export function sliceNameOf(entry: ManifestEntry, field: string): string {
  const value = field === 'speaker' ? entry.speaker : entry.fields[field];
  if (value === undefined || value === null || value === '') return '(none)';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readLine(line: string, lineNumber: number): ManifestEntry {
  const object = parseLine(line, lineNumber);
  const fail = (what: string): never => {
    throw new EvaluationError('manifest_field', `line ${lineNumber} of the manifest: ${what}`);
  };
  const { audio_filepath: audioPath, text, duration, speaker, offset } = object;
  if (typeof audioPath !== 'string' || audioPath === '') fail('audio_filepath must be the path of a sound file');
  if (text !== null && text !== undefined && typeof text !== 'string')
    fail('text must be what is said, or null where nobody wrote it down');
  if (duration !== null && duration !== undefined && !(typeof duration === 'number' && duration >= 0 && Number.isFinite(duration))) {
    fail('duration must be a length in seconds, leave it out where it is not known');
  }
  if (speaker !== null && speaker !== undefined && typeof speaker !== 'string' && typeof speaker !== 'number') {
    fail('speaker must be a name or a number, leave it out where it is not known');
  }
  if (offset !== null && offset !== undefined && offset !== 0) fail('offset is not supported, cut the file and leave the field out');
  return {
    audioPath: audioPath as string,
    text: (text as string | null | undefined) ?? null,
    ...(typeof duration === 'number' ? { durationMs: duration * MS_PER_SECOND } : {}),
    ...(speaker === null || speaker === undefined ? {} : { speaker: String(speaker) }),
    fields: Object.fromEntries(Object.entries(object).filter(([name]) => !OWN_FIELDS.has(name))),
  };
}

function parseLine(line: string, lineNumber: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new EvaluationError('manifest_line', `line ${lineNumber} of the manifest is no JSON, write one whole object on each line`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EvaluationError('manifest_line', `line ${lineNumber} of the manifest must be a JSON object with audio_filepath and text`);
  }
  return value as Readonly<Record<string, unknown>>;
}
