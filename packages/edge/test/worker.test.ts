import { expect, test } from 'vitest';
import { type SpeechWorkerScope, serveSpeechWorker } from '../src/worker.ts';
import type { FromWorkerMessage } from '../src/worker-channel.ts';
import { runtime } from './support/silero.ts';

test('says that it has loaded, and answers messages of the page', async () => {
  const posted: FromWorkerMessage[] = [];
  const listeners = new Map<string, (event: MessageEvent) => void>();
  let resolve: () => void = () => undefined;
  const answered = new Promise<void>((done) => {
    resolve = done;
  });
  const scope: SpeechWorkerScope = {
    fetch: async () => new Response('', { status: 404 }),
    WebSocket: class {} as never,
    performance,
    addEventListener: (type: string, listener: (event: MessageEvent) => void) => listeners.set(type, listener),
    postMessage: (message) => {
      posted.push(message);
      if (message.type === 'done') resolve();
    },
  };
  serveSpeechWorker(scope, runtime);
  expect(posted).toEqual([{ type: 'loaded' }]);
  expect([...listeners.keys()]).toEqual(['message', 'online']);
  listeners.get('online')?.(new MessageEvent('online'));
  listeners.get('message')?.(new MessageEvent('message', { data: { type: 'detach', requestId: 5 } }));
  await answered;
  expect(posted.at(-1)).toEqual({ type: 'done', requestId: 5 });
});
