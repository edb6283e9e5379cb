import { changesText, formatText, type TextFormat } from '@outspoken/text';
import type { Result } from '../output/transcript-document.ts';

/**
 * Writes a result as a format wants it, whether the server has done so or not: what is written already stays as it is.
 */
export function formatResult(result: Result, format: TextFormat): Result {
  if (!changesText(format)) return result;
  const { transcript } = result;
  const segments = transcript.segments.map((segment) => {
    const { text, words } = formatText(segment, format);
    return { ...segment, text, words, tokens: text === segment.text ? segment.tokens : [] };
  });
  const text =
    segments.length > 0 ? segments.map((segment) => segment.text).join(' ') : formatText({ text: transcript.text, words: [] }, format).text;
  return { ...result, transcript: { ...transcript, text, segments } };
}
