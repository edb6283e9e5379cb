import { expect, test } from 'vitest';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import { FileRecord } from '../src/session/file-record.ts';
import type { FileEvent } from '../src/session/file-transcription.ts';
import { DESCRIPTION } from './support/fake-file-readers.ts';
import { sessionBench } from './support/session-bench.ts';

const SEGMENT = {
  index: 0,
  startMs: 0,
  endMs: 1,
  text: 'secret',
  words: [],
  tokens: [],
  confidence: 1,
  meanLogProbability: 0,
  noSpeechProbability: 0,
};
const TRANSCRIPT = {
  text: 'secret',
  durationMs: 9000,
  speechMs: 4000,
  segments: [SEGMENT],
  model: 'm',
  clipPolicyId: 'p',
  isTruncated: false,
};

function recordBench() {
  const lines: unknown[] = [];
  const { services, clock, metrics } = sessionBench();
  const keep = (fields: unknown) => lines.push(fields);
  const log = { debug: keep, info: keep, warn: keep, error: keep };
  const record = new FileRecord({ ...services, log }, 'openai');
  const events: FileEvent[] = [
    { type: 'opened', description: DESCRIPTION },
    { type: 'progress', readMs: 1, recognizedMs: 1 },
    { type: 'segment', segment: SEGMENT },
    { type: 'segment', segment: { ...SEGMENT, index: 1 } },
    { type: 'end', transcript: TRANSCRIPT },
  ];
  return { record, events, clock, metrics, lines };
}

test('counts a finished file with its figures, and says nothing of what it holds', () => {
  const { record, events, clock, metrics, lines } = recordBench();
  for (const event of events) {
    clock.advance(100);
    record.note(event, event.type === 'end' ? 33 : undefined);
  }
  record.finish();
  const figures = { container: 'wav', audioMs: 9000, speechMs: 4000, requestMs: 500, firstSegmentMs: 300, readMs: 33 };
  expect(metrics.calls).toEqual([['fileStarted'], ['fileFinished', { protocol: 'openai', outcome: 'ok', ...figures }]]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('a file that nobody failed and that did not end was given up', () => {
  const { record, metrics } = recordBench();
  record.finish();
  expect(metrics.calls.at(-1)).toEqual(['fileFinished', { protocol: 'openai', outcome: 'cancelled', container: 'other', requestMs: 0 }]);
});

test('a failure is logged with its code', () => {
  const { record, metrics, lines } = recordBench();
  const error = new FileReaderError('reader_failed', 'dead');
  record.fail(error);
  record.finish();
  expect(metrics.count('rejected', 'reader_failed')).toBe(1);
  expect(lines).toMatchObject([{ outcome: 'failed', err: error }]);
});
