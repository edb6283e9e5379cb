import type { Transcript, Word } from '@outspoken/asr';
import type { RecordingClip } from './recording-clip.ts';
import type { RecordingSegment } from './recording-transcript.ts';

const SAMPLES_PER_MS = 16;

/**
 * Moves what was heard in a clip to its place in the recording.
 *
 * The segment lasts as long as the speech of the clip, without the silence kept around it, in whole milliseconds. Segments of
 * one recording never overlap. Words lie inside their segment, in order, without overlap.
 *
 * @param index - Place among the segments of the recording: how many had a text before.
 * @returns Nothing for an empty text.
 */
export function segmentOf(clip: RecordingClip, transcript: Transcript, index: number): RecordingSegment | undefined {
  const { text, tokens, confidence, meanLogProbability, noSpeechProbability } = transcript;
  if (text === '') return undefined;
  // Rounding down keeps the order of positions, and never passes the end of the recording.
  const startMs = Math.floor(clip.speechStartSample / SAMPLES_PER_MS);
  const endMs = Math.floor(clip.speechEndSample / SAMPLES_PER_MS);
  const clipStartMs = Math.floor(clip.startSample / SAMPLES_PER_MS);
  const words = placeWords(transcript.words, clipStartMs, startMs, endMs);
  return { index, startMs, endMs, text, words, tokens, confidence, meanLogProbability, noSpeechProbability };
}

/** The text of a recording: those of its segments, in order, one space between them. */
export function joinText(segments: readonly Pick<RecordingSegment, 'text'>[]): string {
  return segments.map(({ text }) => text).join(' ');
}

/** What a segment adds to the text so far: all deltas of a recording joined are {@link joinText}. */
export function deltaOf(segment: Pick<RecordingSegment, 'text'>, isFirst: boolean): string {
  return isFirst ? segment.text : ` ${segment.text}`;
}

function placeWords(words: readonly Word[], clipStartMs: number, startMs: number, endMs: number): Word[] {
  let earliestMs = startMs;
  return words.map((word) => {
    const wordStartMs = Math.min(Math.max(clipStartMs + word.startMs, earliestMs), endMs);
    earliestMs = Math.min(Math.max(clipStartMs + word.endMs, wordStartMs), endMs);
    return { ...word, startMs: wordStartMs, endMs: earliestMs };
  });
}
