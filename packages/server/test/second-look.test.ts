import { expect, test } from 'vitest';
import { clipId, end, frameBytes, start, tone } from './support/speech.ts';
import { RawClient, startServer } from './support/test-server.ts';

async function sayDoubtfully(bench: Awaited<ReturnType<typeof startServer>>) {
  const client = await RawClient.open(bench.base);
  client.send(start(0));
  client.send(frameBytes(0, tone(8_000)));
  client.send({ type: 'maybe_end', clipId: clipId(0), lengthSamples: 8_000 });
  await client.sync();
  bench.dispatcher.running[0]?.finish(25, 'first', 0.6);
  await client.sync();
  return client;
}

test('while nobody needs the worker a doubtful clip is heard again, and its final says so', async () => {
  const bench = await startServer({ effort: 'auto' });
  const client = await sayDoubtfully(bench);
  client.send(end(0, 8_000));
  await client.sync();
  bench.dispatcher.running[0]?.finish(80, 'second', 0.8);
  expect(await client.next('final')).toMatchObject({ text: 'second', effort: 'best' });
  expect(bench.metrics.count('refinementFinished', 'kept')).toBe(1);
});

test('as soon as others need the workers the first text is sent', async () => {
  const bench = await startServer({ effort: 'auto' });
  const client = await sayDoubtfully(bench);
  client.send(end(0, 8_000));
  await client.sync();
  const others = await RawClient.open(bench.base);
  for (const number of [1, 2, 3, 4]) {
    others.send(start(number));
    others.send(frameBytes(number, tone(8_000)));
    others.send(end(number, 8_000));
  }
  expect(await client.next('final')).toMatchObject({ text: 'first', effort: 'fast' });
  expect(bench.metrics.count('refinementFinished', 'cancelled')).toBe(1);
});
