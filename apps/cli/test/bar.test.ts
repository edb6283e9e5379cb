import { expect, test } from 'vitest';
import { drawBar } from '../src/progress/bar.ts';
import { CapturedStream } from './support/captured-stream.ts';

function createTerminal(columns: number) {
  return Object.assign(new CapturedStream({ isTTY: true, columns }), {
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
}

test('draws on a terminal and takes itself away', () => {
  const stream = createTerminal(100);
  const bar = drawBar(stream);
  bar.update(0.5, 'half of it');
  bar.clear();
  bar.stop();
  bar.stop();
  expect(stream.text).toContain('█');
  // A hidden cursor or a changed wrapping would stay so when the program is ended at once.
  expect(stream.text).not.toMatch(/\[\?(25|7)l/);
});

test.each([
  [60, 8],
  [80, 24],
])('in a terminal of %i columns takes %i, the rest is for the words', (columns, width) => {
  const stream = createTerminal(columns);
  drawBar(stream).stop();
  expect(/░+/.exec(stream.text)?.[0]).toHaveLength(width);
});
