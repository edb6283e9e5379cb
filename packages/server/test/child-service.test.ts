import { expect, test } from 'vitest';
import { serveChild } from '../src/dispatch/child-service.ts';
import { FakePort } from './support/fake-port.ts';

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('serves what it has loaded until its parent says close, and gives up what runs', async () => {
  const port = new FakePort();
  const seen: string[] = [];
  const served = serveChild(port, {
    load: async () => 'model',
    start(resource, send) {
      send({ type: `ready with ${resource}` });
      return { receive: ({ type }) => seen.push(type), abort: () => seen.push('aborted') };
    },
  });
  await settled();
  port.emit('message', { type: 'work' });
  port.emit('message', 'no message');
  port.emit('message', { type: 'close' });
  expect(await served).toBe('closed');
  expect(port.sent).toEqual([{ type: 'ready with model' }]);
  expect(seen).toEqual(['work', 'close', 'aborted']);
});

test('tells why it could not load, with the causes, and waits to be ended', async () => {
  const port = new FakePort();
  const load = () => Promise.reject(new Error('no model\nand a stack', { cause: new Error('no file') }));
  const served = serveChild(port, { load, start: () => ({ receive: () => undefined, abort: () => undefined }) });
  await settled();
  expect(port.sent).toEqual([{ type: 'load_failed', message: 'no model: no file' }]);
  port.emit('disconnect');
  expect(await served).toBe('load_failed');
});

test('gives up loading when its parent is gone', async () => {
  const port = new FakePort();
  const served = serveChild(port, {
    load: () => new Promise(() => {}),
    start: () => ({ receive: () => undefined, abort: () => undefined }),
  });
  port.emit('disconnect');
  expect(await served).toBe('disconnected');
});
