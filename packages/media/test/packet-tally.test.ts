import { expect, test } from 'vitest';
import { PacketTally } from '../src/packet-tally.ts';

test('50 bad packets are borne, one more is not', () => {
  const tally = new PacketTally();
  for (let i = 0; i < 50; i++) tally.bad();
  expect(tally.badCount).toBe(50);
  expect(() => tally.bad()).toThrow(expect.objectContaining({ code: 'media_damaged' }));
});

test('half of a long stream may be bad, not more', () => {
  const tally = new PacketTally();
  tally.good(99);
  tally.good();
  tally.bad(100);
  expect(() => tally.bad()).toThrow(expect.objectContaining({ code: 'media_damaged' }));
});
