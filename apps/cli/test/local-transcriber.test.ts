import { type FileEvent, FileReaderError, SessionError } from '@outspoken/server';
import { DEFAULT_TEXT_FORMAT, textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { LocalTranscriber, type TranscribingEngine } from '../src/transcriber/local-transcriber.ts';
import { resultOf } from './support/results.ts';

const { transcript } = resultOf('Hello.');
const EVENTS: readonly FileEvent[] = [
  { type: 'opened', description: { container: 'wav', codec: 'pcm', sampleRateHz: 16_000, channelCount: 1, statedDurationMs: 2000 } },
  { type: 'progress', readMs: 2000, recognizedMs: 500 },
  { type: 'segment', segment: transcript.segments[0]! },
  { type: 'progress', readMs: 2000, recognizedMs: 2000 },
  { type: 'end', transcript },
];

/** An engine that fails as often as it has failures, and then plays events. */
function engineOf(events: readonly FileEvent[], failures: Error[] = []): TranscribingEngine & { closed: number; asked: unknown[] } {
  return {
    closed: 0,
    asked: [],
    graph: 'signed',
    async *transcribe(_path, { format }) {
      this.asked.push(format);
      const failure = failures.shift();
      if (failure) {
        throw failure;
      }
      yield* events;
    },
    async close() {
      this.closed++;
    },
  };
}

const task = { path: '/a.wav', name: 'a.wav', signal: new AbortController().signal };

test('gives the transcript and tells how far it is', async () => {
  const engine = engineOf(EVENTS);
  const progress: [number, number | undefined][] = [];
  {
    await using transcriber = new LocalTranscriber(engine);
    expect(transcriber.graph).toBe('signed');
    const result = await transcriber.transcribe({ ...task, onProgress: (...report) => progress.push(report) });
    expect(result).toEqual({ transcript, unknown: new Set() });
  }
  expect(progress).toEqual([
    [0, 2000],
    [500, 2000],
    [2000, 2000],
  ]);
  expect(engine.closed).toBe(1);
});

test('waits for room in the engine', async () => {
  const engine = engineOf(EVENTS, [new SessionError('overloaded', 'too much', { retryAfterMs: 1 })]);
  expect((await new LocalTranscriber(engine).transcribe({ ...task, onProgress: () => {} })).transcript).toBe(transcript);
});

test('lets other failures rise', async () => {
  const failure = new FileReaderError('media_damaged', 'broken');
  await expect(new LocalTranscriber(engineOf(EVENTS, [failure])).transcribe({ ...task, onProgress: () => {} })).rejects.toBe(failure);
});

test('gives up with the reason of the signal', async () => {
  const reason = new Error('stopped by hand');
  const engine = engineOf(EVENTS, [new SessionError('overloaded', 'too much')]);
  await expect(new LocalTranscriber(engine).transcribe({ ...task, signal: AbortSignal.abort(reason), onProgress: () => {} })).rejects.toBe(
    reason,
  );
});

test('does not take an end without a transcript for one', async () => {
  await expect(new LocalTranscriber(engineOf([])).transcribe({ ...task, onProgress: () => {} })).rejects.toThrow('without a transcript');
});

test('tells the engine how texts are written', async () => {
  const engine = engineOf(EVENTS);
  const format = textFormat({ redact: ['digits'] });
  await new LocalTranscriber(engine, { format }).transcribe({ ...task, onProgress: () => {} });
  await new LocalTranscriber(engine).transcribe({ ...task, onProgress: () => {} });
  expect(engine.asked).toEqual([format, DEFAULT_TEXT_FORMAT]);
});
