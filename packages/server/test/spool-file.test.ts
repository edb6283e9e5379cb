import { expect, test } from 'vitest';
import { SpoolFile } from '../src/api/upload/spool-file.ts';
import { ManualClock } from './support/manual-clock.ts';

function bench() {
  const clock = new ManualClock();
  const released: number[] = [];
  const file = new SpoolFile({
    open: async () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    },
    maximumBytes: 100,
    now: () => clock.nowMs(),
    take: () => undefined,
    released: (bytes) => released.push(bytes),
  });
  return { clock, file, released };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

test('counts the time in which an upload comes in, and no other', () => {
  const { clock, file } = bench();
  clock.advance(500);
  expect(file.receivingMs).toBeUndefined();
  const end = file.startReceiving(() => undefined);
  clock.advance(700);
  expect(file.receivingMs).toBe(700);
  end();
  expect(file.receivingMs).toBeUndefined();
});

test('an upload that has lost its place is told once', () => {
  const { file } = bench();
  let told = 0;
  file.startReceiving(() => {
    told += 1;
  });
  expect(file.isOusted).toBe(false);
  file.oust();
  file.oust();
  expect([file.isOusted, told, file.receivingMs]).toEqual([true, 1, undefined]);
});

test('an upload for which there is no file says why, and gives its room back once', async () => {
  const { file, released } = bench();
  await expect(file.receive(nothing())).rejects.toMatchObject({ code: 'spool_full', cause: { code: 'ENOSPC' } });
  expect(() => file.path).toThrow('nothing was received yet');
  await file[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
  expect(released).toEqual([0]);
});
