import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventStream } from '../src/api/openai/event-stream.ts';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import type { FileEvent } from '../src/session/file-transcriber.ts';
import { ManualClock } from './support/manual-clock.ts';

type Segment = (FileEvent & { type: 'segment' })['segment'];

function segment(index: number, text: string): Segment {
  const tokens = [{ id: 1, text: ` ${text}`, probability: 0.5 }];
  return {
    index,
    startMs: index * 1_000,
    endMs: index * 1_000 + 500,
    text,
    words: [],
    tokens,
    confidence: 1,
    meanLogProbability: 0,
    noSpeechProbability: 0,
  };
}

function endOf(segments: Segment[], isTruncated = false): FileEvent {
  const text = segments.map((one) => one.text).join(' ');
  return {
    type: 'end',
    transcript: { text, durationMs: 9_500, speechMs: 1, segments, model: 'fake', clipPolicyId: 'sha256:0', isTruncated },
  };
}

async function* eventsOf(texts: readonly string[]): AsyncGenerator<FileEvent> {
  const segments = texts.map((text, index) => segment(index, text));
  for (const one of segments) {
    yield { type: 'segment', segment: one };
    yield { type: 'progress', readMs: 1, recognizedMs: 1 };
  }
  yield endOf(segments);
}

function streamOf(events: AsyncIterator<FileEvent>, more: { hasLogprobs?: boolean; clock?: ManualClock } = {}) {
  const failures: string[] = [];
  const { clock = new ManualClock(), hasLogprobs = false } = more;
  const stream = eventStream(events, {
    clock,
    heartbeatMs: 15_000,
    hasLogprobs,
    onFailure: (_error, { reason }) => failures.push(reason),
  });
  return { stream, failures, clock };
}

async function linesOf(stream: AsyncIterable<string>): Promise<string[]> {
  let text = '';
  for await (const piece of stream) text += piece;
  expect(text.endsWith('\n\n')).toBe(true);
  const [opening, ...lines] = text.split('\n\n').slice(0, -1);
  expect(opening).toMatch(/^: /);
  return lines;
}

const dataOf = (line: string): Record<string, unknown> => JSON.parse(line.slice('data: '.length));

test('deltas only add, together they are the text; then one done, then [DONE]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 12 }), async (texts) => {
      const lines = await linesOf(streamOf(eventsOf(texts)).stream);
      expect(lines.at(-1)).toBe('data: [DONE]');
      const events = lines.slice(0, -1).map(dataOf);
      const done = events.at(-1);
      const deltas = events.slice(0, -1);
      expect(done).toMatchObject({ type: 'transcript.text.done', usage: { type: 'duration', seconds: 9.5 } });
      expect(deltas.every(({ type }) => type === 'transcript.text.delta')).toBe(true);
      expect(deltas.map(({ segment_id }) => segment_id)).toEqual(texts.map((_, index) => `seg_${index}`));
      expect(deltas.map(({ delta }) => delta).join('')).toBe(done?.['text']);
    }),
  );
});

test('logprobs come with the deltas, and all of them at the end', async () => {
  const lines = await linesOf(streamOf(eventsOf(['a', 'b']), { hasLogprobs: true }).stream);
  const [first, second, done] = lines.map((line) => (line === 'data: [DONE]' ? {} : dataOf(line)));
  expect(first?.['logprobs']).toEqual([{ token: ' a', logprob: Math.log(0.5), bytes: [32, 97] }]);
  expect(done?.['logprobs']).toEqual([first, second].flatMap((event) => event?.['logprobs']));
});

test('a failure is an error event and the last one: no done, no [DONE]', async () => {
  async function* events(): AsyncGenerator<FileEvent> {
    yield { type: 'segment', segment: segment(0, 'a') };
    throw new FileReaderError('reader_failed', 'the reader died');
  }
  const { stream, failures } = streamOf(events());
  const lines = await linesOf(stream);
  expect(lines).toHaveLength(2);
  expect(dataOf(lines[1]!)).toEqual({
    error: { message: 'the reader died', type: 'invalid_request_error', param: 'file', code: 'reader_failed' },
  });
  expect(failures).toEqual(['reader_failed']);
});

test('a fault of ours tells nothing of the inside', async () => {
  const broken: AsyncIterator<FileEvent> = { next: () => Promise.reject(new Error('secret path')) };
  const [line] = await linesOf(streamOf(broken).stream);
  expect(dataOf(line!)).toMatchObject({ error: { type: 'server_error', code: 'internal' } });
  expect(line).not.toContain('secret');
});

test('a stream that has nothing to say shows that it lives, counted from what it wrote last', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let progress: (() => void) | undefined;
  async function* events(): AsyncGenerator<FileEvent> {
    yield { type: 'progress', readMs: 1, recognizedMs: 0 };
    // Progress is not written, and no sign of life.
    await new Promise<void>((resolve) => {
      progress = resolve;
    });
    yield { type: 'progress', readMs: 2, recognizedMs: 0 };
    await gate;
    yield* eventsOf(['a']);
  }
  const { stream, clock } = streamOf(events());
  // Written before anything is known, so that the client has its headers.
  expect((await stream.next()).value).toMatch(/^: .*\n\n$/);
  const first = stream.next();
  await expect.poll(() => progress).toBeDefined();
  clock.advance(10_000);
  progress?.();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(5_000);
  expect((await first).value).toMatch(/^: .*\n\n$/);
  const second = stream.next();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(15_000);
  expect((await second).value).toMatch(/^: .*\n\n$/);
  release();
  expect((await stream.next()).value).toContain('transcript.text.delta');
  await stream.return(undefined);
  expect(clock.pending).toBe(0);
});

test('a reader that stops early stops the transcription', async () => {
  let isStopped = false;
  async function* events(): AsyncGenerator<FileEvent> {
    try {
      yield* eventsOf(['a', 'b']);
    } finally {
      isStopped = true;
    }
  }
  for await (const piece of streamOf(events()).stream) if (piece.includes('delta')) break;
  expect(isStopped).toBe(true);
});

test('says at the end when the file broke off', async () => {
  async function* events(): AsyncGenerator<FileEvent> {
    yield endOf([], true);
  }
  const [done] = await linesOf(streamOf(events()).stream);
  expect(dataOf(done!)).toMatchObject({ text: '', is_truncated: true });
});
