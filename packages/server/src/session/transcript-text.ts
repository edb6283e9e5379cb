import type { Transcript } from '@outspoken/asr';
import { changesText, type FormatTextOptions, formatText, type TextFormat } from '@outspoken/text';

/**
 * Writes a transcript as somebody asked for. Text and words change together; where they do the tokens go, for they would tell what
 * was heard.
 */
export function formatTranscript(transcript: Transcript, format: TextFormat, options?: FormatTextOptions): Transcript {
  if (transcript.text === '' || !changesText(format)) return transcript;
  const { text, words } = formatText(transcript, format, options);
  return { ...transcript, text, words, tokens: text === transcript.text ? transcript.tokens : [] };
}
