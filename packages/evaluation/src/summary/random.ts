/** A repeatable source of whole numbers from 0 up to a bound. */
export type RandomIndex = (bound: number) => number;

/** Makes a source (mulberry32, Tommy Ettinger, public domain); the same seed gives the same numbers. */
export function createRandomIndex(seed: number): RandomIndex {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}
