import { expect, test } from 'vitest';
import { TranscribeProgress } from '../src/progress/transcribe-progress.ts';
import { CapturedStream } from './support/captured-stream.ts';

function setUp(options: { isQuiet?: boolean; isTTY?: boolean } = {}): {
  stream: CapturedStream;
  progress: TranscribeProgress;
  pass: (ms: number) => void;
} {
  let nowMs = 0;
  const stream = new CapturedStream({ isTTY: options.isTTY ?? false });
  const progress = new TranscribeProgress({ stream, isQuiet: options.isQuiet ?? false, sizes: [1000, 1000], now: () => nowMs });
  return {
    stream,
    progress,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test('writes a plain line for each file where there is no terminal', () => {
  const { stream, progress, pass } = setUp();
  progress.begin(0);
  pass(2000);
  progress.finish(0, 'a.wav', 60_000);
  progress.fail(1, 'b.wav', 'it is broken');
  expect(stream.lines).toEqual(['a.wav: 1:00 of audio in 2.0 s (30x)', 'outspoken: b.wav: it is broken']);
  expect(stream.text).not.toContain('\u001B');
  expect(progress.doneCount).toBe(2);
});

test('leaves out the line of each file when it is to be terse', () => {
  const stream = new CapturedStream();
  const progress = new TranscribeProgress({ stream, isQuiet: false, isTerse: true, sizes: [1000], now: () => 0 });
  progress.begin(0);
  progress.finish(0, 'a.wav', 60_000);
  progress.fail(undefined, 'b.wav', 'it is broken');
  expect(stream.lines).toEqual(['outspoken: b.wav: it is broken']);
});

test('says every ten seconds how far a long file is', () => {
  const { stream, progress, pass } = setUp();
  progress.begin(0);
  for (let step = 1; step <= 25; step++) {
    pass(1000);
    progress.advance(0, step * 60_000, 6_000_000);
  }
  expect(stream.lines).toEqual(['5% 0/2 files · 10:00 of audio · 60x · 3:10 left', '10% 0/2 files · 20:00 of audio · 60x · 3:00 left']);
});

test('says nothing but failures when it is to be quiet', () => {
  const { stream, progress, pass } = setUp({ isQuiet: true, isTTY: true });
  progress.begin(0);
  pass(20_000);
  progress.advance(0, 1000, 2000);
  progress.note('a note');
  progress.finish(0, 'a.wav', 60_000);
  progress.fail(undefined, 'nope.wav', 'there is no such file');
  expect(stream.lines).toEqual(['outspoken: nope.wav: there is no such file']);
});

test('draws a bar on a terminal, and no line for a file that is well', () => {
  const { stream, progress, pass } = setUp({ isTTY: true });
  progress.begin(0);
  pass(1000);
  progress.finish(0, 'a.wav', 60_000);
  progress[Symbol.dispose]();
  expect(stream.text).toContain('░');
  expect(stream.text).not.toContain('a.wav');
});
