import { ClientError, type ClientEventMap, SessionRefusedError, type SpeechClient } from '@outspoken/client';
import { expect, test } from 'vitest';
import { LatencyBook } from '../src/latency-book.ts';
import { UploadMonitor } from '../src/upload-monitor.ts';
import type { FromWorkerMessage } from '../src/worker-channel.ts';

function create() {
  const events = new EventTarget();
  const clips = { CAPTURED: 0, BACKOFF: 0 };
  const posted: FromWorkerMessage[] = [];
  const client = { events, stats: { clips } } as unknown as SpeechClient;
  const monitor = new UploadMonitor(client, new LatencyBook(() => 0), (message) => posted.push(message));
  const fire = <Name extends keyof ClientEventMap>(name: Name, detail: ClientEventMap[Name]): void => {
    events.dispatchEvent(Object.assign(new Event(name), { detail }));
  };
  const errors = (): unknown[] => posted.flatMap((each) => (each.type === 'error' ? [each.error.code] : []));
  return { monitor, posted, clips, fire, errors };
}

test('tells each hindrance once until the connection is back', () => {
  const { fire, errors } = create();
  const unreachable = new ClientError('server_unreachable', 'no answer');
  fire('state', { state: 'waiting', retryInMs: 500, cause: unreachable });
  fire('state', { state: 'connecting' });
  fire('state', { state: 'waiting', retryInMs: 900, cause: unreachable });
  fire('state', { state: 'waiting', retryInMs: 900, cause: new SessionRefusedError('draining', 'drains', { retryable: true }) });
  fire('state', { state: 'open' });
  fire('state', { state: 'waiting', retryInMs: 900, cause: new ClientError('connection_lost', 'closed with 1006') });
  fire('state', { state: 'closed', cause: new ClientError('connection_refused', 'closed with 1008') });
  expect(errors()).toEqual(['server_unreachable', 'server_refused', 'server_away', 'server_refused']);
});

test('shows the time to the next attempt', () => {
  const { fire, posted } = create();
  fire('state', { state: 'waiting', retryInMs: 1500 });
  fire('state', { state: 'open' });
  expect(posted).toEqual([
    { type: 'upload', status: { connection: 'waiting', retryInMs: 1500, isUploading: false } },
    { type: 'upload', status: { connection: 'open', isUploading: false } },
  ]);
});

test('is uploading while a clip is open or waits to be sent', () => {
  const { monitor, posted, clips, fire } = create();
  const states = (): unknown[] => posted.flatMap((each) => (each.type === 'upload' ? [each.status.isUploading] : []));
  monitor.observe({ type: 'event', name: 'clipstart', detail: { clipId: 'a', startMs: 0, preRollMs: 0 } });
  clips.CAPTURED = 1;
  monitor.observe({ type: 'event', name: 'clip', detail: {} as never });
  expect(states()).toEqual([true]);
  clips.CAPTURED = 0;
  fire('rejected', { clipId: 'a', code: 'decode_failed', message: 'failed twice' });
  expect(states()).toEqual([true, false]);
  expect(posted).toContainEqual({
    type: 'event',
    name: 'rejected',
    detail: { clipId: 'a', code: 'decode_failed', message: 'failed twice' },
  });
});

test('shows the rest of a stalled clip as a clip of its own', () => {
  const { fire, posted } = create();
  fire('continued', { clipId: 'b', continuesClipId: 'a', startMs: 1200 });
  expect(posted).toEqual([
    { type: 'event', name: 'clipstart', detail: { clipId: 'b', continuesClipId: 'a', startMs: 1200, preRollMs: 0 } },
  ]);
});

test('is quiet about the end that was asked for', () => {
  const { monitor, fire, errors } = create();
  monitor.expectClose();
  fire('state', { state: 'closed', cause: new ClientError('client_closed', 'closed') });
  expect(errors()).toEqual([]);
});
