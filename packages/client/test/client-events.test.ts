import { expect, test } from 'vitest';
import { ClientError } from '../src/client-error.ts';
import { ClientEvent, createClientEvents } from '../src/client-events.ts';
import { END, setUpClient, speech } from './client-fixture.ts';

test('an event reaches the listeners of its own type, with what it carries', () => {
  const { events, emit } = createClientEvents();
  const seen: unknown[] = [];
  events.addEventListener('error', (event) => seen.push(event));
  events.addEventListener('state', () => seen.push('state'));
  const error = new ClientError('rate_limited', 'slow down');
  emit('error', error);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBeInstanceOf(ClientEvent);
  expect(seen[0]).toMatchObject({ type: 'error' });
  expect((seen[0] as ClientEvent<ClientError>).detail).toBe(error);
});

test('a removed, an aborted and a single listener hear nothing more', () => {
  const { events, emit } = createClientEvents();
  const heard: string[] = [];
  const removed = () => heard.push('removed');
  const controller = new AbortController();
  events.addEventListener('state', removed);
  events.addEventListener('state', () => heard.push('aborted'), { signal: controller.signal });
  events.addEventListener('state', () => heard.push('once'), { once: true });
  emit('state', { state: 'connecting' });
  events.removeEventListener('state', removed);
  controller.abort();
  emit('state', { state: 'open' });
  expect(heard).toEqual(['removed', 'aborted', 'once']);
});

test('a listener may call back into the client', async () => {
  const { clock, server, client, details } = setUpClient();
  client.events.addEventListener('final', ({ detail }) => {
    if (detail.sequence >= 2) return;
    const next = client.startUtterance({ startMs: 0, preRollMs: 0, continuesClipId: detail.clipId });
    next.push(speech(2000));
    next.end(END);
  });
  client.connect();
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  await clock.advance(500);
  expect(details('final').map((final) => final.sequence)).toEqual([0, 1, 2]);
  expect(server.violations).toEqual([]);
});
