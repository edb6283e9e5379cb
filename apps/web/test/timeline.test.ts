import { expect, test } from 'vitest';
import { Timeline } from '../src/timeline.ts';

test('keeps the newest frames by their index and forgets the oldest', () => {
  const timeline = new Timeline();
  for (let index = 0; index < 600; index += 1) timeline.pushFrame({ timeMs: index * 32, levelDbfs: -40, probability: 0 });
  expect(timeline.frameCount).toBe(600);
  expect(timeline.firstFrameIndex).toBe(88);
  expect(timeline.frame(87)).toBeUndefined();
  expect(timeline.frame(88)?.timeMs).toBe(88 * 32);
  expect(timeline.frame(600)).toBeUndefined();
  expect(timeline.lastMs).toBe(599 * 32);
});

test('lets confirmed speech replace the part of the tentative region that it is dated back over', () => {
  const timeline = new Timeline();
  timeline.openRegion('tentative', 1000);
  timeline.openRegion('speech', 936);
  expect(timeline.regions).toEqual([{ kind: 'speech', startMs: 936 }]);
});

test('leads from speech over a pause to speech again without gap or overlap', () => {
  const timeline = new Timeline();
  timeline.openRegion('speech', 1000);
  timeline.openRegion('hangover', 2000);
  timeline.openRegion('speech', 2200);
  timeline.closeRegion(3000);
  expect(timeline.regions).toEqual([
    { kind: 'speech', startMs: 1000, endMs: 2000 },
    { kind: 'hangover', startMs: 2000, endMs: 2200 },
    { kind: 'speech', startMs: 2200, endMs: 3000 },
  ]);
});

test('turns what looked like speech into a misfire', () => {
  const timeline = new Timeline();
  timeline.openRegion('tentative', 500);
  timeline.markMisfire(500, 628);
  expect(timeline.regions).toEqual([{ kind: 'misfire', startMs: 500, endMs: 628 }]);
});

test('forgets regions and finished clips that left the plot, and keeps an open clip', () => {
  const timeline = new Timeline();
  timeline.openRegion('speech', 0);
  timeline.closeRegion(1000);
  timeline.setClip('a', { number: 1, startMs: 0, endMs: 1000, state: 'done' });
  timeline.setClip('b', { number: 2, startMs: 900, state: 'open' });
  timeline.openRegion('speech', 60_000);
  expect(timeline.regions).toEqual([{ kind: 'speech', startMs: 60_000 }]);
  expect([...timeline.clips].map((clip) => clip.number)).toEqual([2]);
});

test('ends a refused clip where it is refused, so that it leaves the plot like any other', () => {
  const timeline = new Timeline();
  timeline.setClip('open', { number: 1, startMs: 0, state: 'open' });
  timeline.setClip('ended', { number: 2, startMs: 200, endMs: 800, state: 'waiting' });
  timeline.pushFrame({ timeMs: 1024, levelDbfs: -40, probability: 1 });
  timeline.failClip('open');
  timeline.failClip('ended');
  timeline.failClip('gone');
  expect([...timeline.clips].map(({ endMs, state }) => [endMs, state])).toEqual([
    [1024, 'failed'],
    [800, 'failed'],
  ]);
  timeline.openRegion('speech', 60_000);
  expect([...timeline.clips]).toEqual([]);
});

test('ignores a change to a clip that it does not know', () => {
  const timeline = new Timeline();
  timeline.updateClip('gone', { state: 'done' });
  expect([...timeline.clips]).toEqual([]);
});
