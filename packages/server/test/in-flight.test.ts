import { expect, test } from 'vitest';
import { InFlight } from '../src/scheduling/in-flight.ts';
import { createEntry, type Lane } from '../src/scheduling/scheduled-job.ts';

function entry(audioMs: number, lane: Lane = 'final') {
  return createEntry({ lane, key: 'k', tenant: 'one', samples: new Float32Array(audioMs * 16) }, { jobId: `${audioMs}`, nowMs: 0 });
}

const tenth = (audioMs: number): number => audioMs / 10;

test('what runs gets shorter, what lies in a hand does not', () => {
  const inFlight = new InFlight();
  inFlight.add([entry(1000), entry(1000)], { nowMs: 0, isInHand: false });
  inFlight.add([entry(500)], { nowMs: 0, isInHand: true });
  expect(inFlight.remainingMs(0, tenth)).toBe(250);
  expect(inFlight.remainingMs(150, tenth)).toBe(100);
  expect(inFlight.soonestEndMs(150, tenth)).toBe(50);
  expect(inFlight.remainingMs(900, tenth), 'longer than expected').toBe(50);
});

test('the batch that has been in a hand the longest begins when one ends', () => {
  const inFlight = new InFlight();
  const running = entry(1000);
  const held = entry(2000);
  inFlight.add([running], { nowMs: 0, isInHand: false });
  inFlight.add([held], { nowMs: 0, isInHand: true });
  inFlight.add([entry(3000)], { nowMs: 10, isInHand: true });
  inFlight.delete(running, 100);
  expect(inFlight.remainingMs(150, tenth)).toBe(150 + 300);
  expect([inFlight.has(running), inFlight.has(held), inFlight.size]).toEqual([false, true, 2]);
});

test('a worker that is free of something else begins with what lies in a hand', () => {
  const inFlight = new InFlight();
  inFlight.beginHeld(0);
  inFlight.add([entry(1000)], { nowMs: 0, isInHand: true });
  inFlight.beginHeld(50);
  expect(inFlight.remainingMs(80, tenth)).toBe(70);
});

test('a batch that is given up in a hand makes nothing begin', () => {
  const inFlight = new InFlight();
  const held = entry(1000);
  inFlight.add([entry(1000)], { nowMs: 0, isInHand: false });
  inFlight.add([held], { nowMs: 0, isInHand: true });
  inFlight.add([entry(2000)], { nowMs: 0, isInHand: true });
  inFlight.delete(held, 50);
  expect(inFlight.remainingMs(50, tenth)).toBe(50 + 200);
});

test('counts clips of files, and workers that are busy with anything else', () => {
  const inFlight = new InFlight();
  const last = entry(10, 'interim');
  inFlight.add([entry(10, 'file'), entry(10, 'file')], { nowMs: 0, isInHand: false });
  inFlight.add([entry(10), last], { nowMs: 0, isInHand: false });
  inFlight.add([entry(10)], { nowMs: 0, isInHand: true });
  expect([inFlight.fileClips, inFlight.liveWorkers, inFlight.size, inFlight.entries().length]).toEqual([2, 1, 5, 5]);
  inFlight.delete(last, 0);
  inFlight.delete(last, 0);
  expect([inFlight.liveWorkers, inFlight.size]).toEqual([1, 4]);
});

test('nothing runs, nothing is waited for', () => {
  expect([new InFlight().remainingMs(5, tenth), new InFlight().soonestEndMs(5, tenth)]).toEqual([0, 0]);
});
