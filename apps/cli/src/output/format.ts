import { formatSrt, formatText, formatVtt } from '@outspoken/recording';
import { documentOf, type Result } from './transcript-document.ts';

/** A way to write a transcript. */
export type Format = 'text' | 'json' | 'srt' | 'vtt' | 'jsonl';

/** What differs from format to format. */
interface FormatRule {
  /** Ending of a file of this format, without the dot. */
  readonly extension: string;
  /** Whether transcripts of several recordings can follow one another in one stream. */
  readonly isJoinable: boolean;
}

/** Every format. */
export const FORMATS: Readonly<Record<Format, FormatRule>> = Object.freeze({
  text: { extension: 'txt', isJoinable: true },
  json: { extension: 'json', isJoinable: true },
  srt: { extension: 'srt', isJoinable: false },
  vtt: { extension: 'vtt', isJoinable: false },
  jsonl: { extension: 'jsonl', isJoinable: true },
});

/** Every format by name, for `--help`. */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

/** One transcript as a file of its own. */
export function render(format: Format, file: string, result: Result): string {
  const { segments } = result.transcript;
  switch (format) {
    case 'text':
      return formatText(segments);
    case 'srt':
      return formatSrt(segments);
    case 'vtt':
      return formatVtt(segments);
    case 'json':
      return `${JSON.stringify(documentOf(file, result), null, 2)}\n`;
    case 'jsonl':
      return `${JSON.stringify(documentOf(file, result))}\n`;
    default:
      format satisfies never;
      return '';
  }
}
