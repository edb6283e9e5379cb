import type { RecordingSegment, RecordingTranscript } from '@outspoken/recording';
import { CliError } from '../cli-error.ts';
import type { Result } from '../output/transcript-document.ts';

const MS_PER_SECOND = 1000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the `verbose_json` of an OpenAI-compatible server.
 *
 * @param model - Name of the model that was asked for.
 * @throws {@link CliError} `server_answer` when it is something else.
 */
export function readVerboseAnswer(text: string, model: string): Result {
  const answer = parseObject(text);
  const durationMs = milliseconds(answer['duration'], 'duration');
  const answered = list(answer['words'] ?? [], 'words').map(asObject);
  const words = answered.map(readWord);
  const segments = list(answer['segments'] ?? [], 'segments').map((value, index) => readSegment(asObject(value), index));
  const transcript: RecordingTranscript = {
    text: string(answer['text'], 'text'),
    durationMs,
    speechMs: 0,
    segments: shareWords(segments, words),
    model,
    clipPolicyId: '',
    isTruncated: answer['is_truncated'] === true,
  };
  // Ours says how sure it is of a word, OpenAI's does not.
  const isRated = answered.every(({ confidence }) => typeof confidence === 'number');
  return { transcript, unknown: new Set(['speechMs', 'clipPolicyId', ...(isRated ? [] : (['wordConfidence'] as const))] as const) };
}

/** The name of the first model of `GET v1/models`. */
export function readFirstModel(text: string): string {
  const [first] = list(parseObject(text)['data'], 'data');
  if (first === undefined) {
    throw new CliError('server_answer', 'the server has no model ready, try again in a moment');
  }
  return string(asObject(first)['id'], 'id');
}

/** What an error answer says, in one line. */
export function readRefusal(text: string): string | undefined {
  try {
    const { message } = asObject(asObject(JSON.parse(text))['error']);
    return typeof message === 'string' ? message : undefined;
  } catch {
    // Not an answer of such a server, a proxy's page for example: the status has to do.
    return undefined;
  }
}

function readSegment(segment: Fields, index: number): RecordingSegment {
  const probability = segment['no_speech_prob'];
  const logarithm = segment['avg_logprob'];
  const meanLogProbability = typeof logarithm === 'number' ? Math.min(0, logarithm) : Number.NEGATIVE_INFINITY;
  const confidence = segment['confidence'];
  return {
    index,
    startMs: milliseconds(segment['start'], 'start'),
    endMs: milliseconds(segment['end'], 'end'),
    text: string(segment['text'], 'text').trim(),
    words: [],
    tokens: [],
    confidence: typeof confidence === 'number' ? confidence : Math.exp(meanLogProbability),
    meanLogProbability,
    noSpeechProbability: typeof probability === 'number' ? probability : 0,
  };
}

function readWord(word: Fields): RecordingSegment['words'][number] {
  const confidence = word['confidence'];
  return {
    text: string(word['word'], 'word'),
    startMs: milliseconds(word['start'], 'start'),
    endMs: milliseconds(word['end'], 'end'),
    confidence: typeof confidence === 'number' ? confidence : 0,
    timing: word['timing'] === 'estimated' ? 'estimated' : 'aligned',
  };
}

/** Words come in one list: each belongs to the last segment that has begun when it begins. */
function shareWords(segments: readonly RecordingSegment[], words: readonly RecordingSegment['words'][number][]): RecordingSegment[] {
  return segments.map((segment, index) => {
    const startMs = index === 0 ? Number.NEGATIVE_INFINITY : segment.startMs;
    const endMs = segments[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    return { ...segment, words: words.filter((word) => word.startMs >= startMs && word.startMs < endMs) };
  });
}

function parseObject(text: string): Fields {
  try {
    return asObject(JSON.parse(text));
  } catch (cause) {
    throw cause instanceof CliError ? cause : unexpected('JSON', cause);
  }
}

function asObject(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected('an object');
  }
  return value as Fields;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw unexpected(`a list of ${name}`);
  }
  return value;
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw unexpected(`a text in ${name}`);
  }
  return value;
}

function milliseconds(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw unexpected(`a number in ${name}`);
  }
  return Math.round(value * MS_PER_SECOND);
}

function unexpected(what: string, cause?: unknown): CliError {
  const message = `the server must answer with ${what}, is --server the address of one that speaks OpenAI's API?`;
  return new CliError('server_answer', message, cause === undefined ? {} : { cause });
}
