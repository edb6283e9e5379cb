import { expect, test } from 'vitest';
import { startServer } from './support/test-server.ts';

test('is healthy always, and ready while a worker is there and the server does not drain', async () => {
  const { base, dispatcher, drain } = await startServer();
  const ask = async (path: string) => {
    const response = await fetch(`${base}${path}`);
    return [response.status, ((await response.json()) as { status: string }).status];
  };
  expect(await ask('/readyz')).toEqual([200, 'ready']);
  dispatcher.slots = 0;
  expect(await ask('/readyz')).toEqual([503, 'starting']);
  expect(await ask('/healthz')).toEqual([200, 'ok']);
  dispatcher.slots = 1;
  await drain(0);
  expect(await ask('/readyz')).toEqual([503, 'draining']);
  expect(await ask('/healthz')).toEqual([200, 'ok']);
});
