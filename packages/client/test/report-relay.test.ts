import type { ReportMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { ReportRelay } from '../src/report-relay.ts';

const report = (capturedMs: number) => ({ capturedMs, voicedMs: 0, sentMs: 0, capturedBytes: capturedMs * 32, sentBytes: 0 });

test('a new session is told only what the lost one was not told', () => {
  const relay = new ReportRelay();
  const sent: ReportMessage[] = [];
  const send = (message: ReportMessage) => sent.push(message);
  relay.attach(send, false);
  relay.push(report(1000));
  relay.push(report(3000));
  relay.detach();
  relay.push(report(4000));
  relay.push(report(5000));
  relay.attach(send, true);
  relay.detach();
  relay.attach(send, false);
  relay.push(report(7000));
  expect(sent.map((message) => message.capturedMs)).toEqual([1000, 3000, 5000, 2000]);
  expect(sent.at(-1)?.capturedBytes).toBe(64_000);
});
