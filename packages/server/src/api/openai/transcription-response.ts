import { deflateSync } from 'node:zlib';
import { formatSrt, formatText, formatVtt, type RecordingSegment, type RecordingTranscript } from '@outspoken/recording';
import { languageName, type TranscriptionFields } from './transcription-fields.ts';

/** Probability of one token; `bytes` is its text in UTF-8. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** What a request costs: the length of its recording. */
export interface DurationUsage {
  readonly type: 'duration';
  readonly seconds: number;
}

/** A whole answer. */
export interface TranscriptionAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Below this a probability counts as this: a logarithm of 0 has no place in JSON. */
const LEAST_LOG_PROBABILITY = Math.log(1e-12);
/** Whisper's unit of `seek`: frames of 10 ms. */
const SEEK_FRAME_MS = 10;

/** Writes a transcript in the form that was asked for. */
export function writeTranscription(transcript: RecordingTranscript, fields: TranscriptionFields, language: string): TranscriptionAnswer {
  switch (fields.format) {
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', body: formatText(transcript.segments) };
    case 'srt':
      return { contentType: 'application/x-subrip; charset=utf-8', body: formatSrt(transcript.segments) };
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', body: formatVtt(transcript.segments) };
    case 'json':
      return json(plainBody(transcript, fields));
    case 'verbose_json':
      return json(verboseBody(transcript, fields, language));
    default:
      throw fields.format satisfies never;
  }
}

/** What a transcript cost. */
export function usageOf({ durationMs }: Pick<RecordingTranscript, 'durationMs'>): DurationUsage {
  return { type: 'duration', seconds: secondsOf(durationMs) };
}

/** A field that says that the file broke off; there only if it did. */
export function truncationOf({ isTruncated }: Pick<RecordingTranscript, 'isTruncated'>): { readonly is_truncated?: true } {
  return isTruncated ? { is_truncated: true } : {};
}

/** The tokens of a segment that have a text, in order. */
export function logprobsOf({ tokens }: RecordingSegment): TokenLogprob[] {
  return tokens
    .filter(({ text }) => text !== '')
    .map(({ text, probability }) => ({ token: text, logprob: logOf(probability), bytes: [...Buffer.from(text, 'utf8')] }));
}

function json(body: object): TranscriptionAnswer {
  return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function plainBody(transcript: RecordingTranscript, { hasLogprobs }: TranscriptionFields): object {
  return {
    text: transcript.text,
    ...(hasLogprobs ? { logprobs: transcript.segments.flatMap(logprobsOf) } : {}),
    usage: usageOf(transcript),
    ...truncationOf(transcript),
  };
}

function verboseBody(transcript: RecordingTranscript, { hasSegments, hasWords }: TranscriptionFields, language: string): object {
  const { segments, durationMs, text } = transcript;
  return {
    task: 'transcribe',
    language: languageName(language),
    duration: secondsOf(durationMs),
    text,
    ...(hasWords ? { words: segments.flatMap(wordsOf) } : {}),
    ...(hasSegments ? { segments: segments.map(segmentBody) } : {}),
    usage: usageOf(transcript),
    ...truncationOf(transcript),
  };
}

function segmentBody({
  index,
  startMs,
  endMs,
  text,
  tokens,
  confidence,
  meanLogProbability,
  noSpeechProbability,
}: RecordingSegment): object {
  return {
    id: index,
    seek: Math.floor(startMs / SEEK_FRAME_MS),
    start: secondsOf(startMs),
    end: secondsOf(endMs),
    text,
    tokens: tokens.map(({ id }) => id),
    temperature: 0,
    avg_logprob: Math.max(meanLogProbability, LEAST_LOG_PROBABILITY),
    compression_ratio: compressionRatio(text),
    no_speech_prob: noSpeechProbability,
    confidence,
  };
}

function wordsOf({ words }: RecordingSegment): object[] {
  return words.map(({ text, startMs, endMs, timing, confidence }) => {
    return { word: text, start: secondsOf(startMs), end: secondsOf(endMs), timing, confidence };
  });
}

/** As Whisper defines it: UTF-8 bytes of the text over the bytes that zlib makes of them. A repetition has a high one. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length / deflateSync(bytes).length;
}

function logOf(probability: number): number {
  return Math.max(Math.log(probability), LEAST_LOG_PROBABILITY);
}

function secondsOf(durationMs: number): number {
  return Math.round(durationMs) / 1000;
}
