import { createRandom, type Random } from '../support/seeded-random.ts';
import { dealClips } from './load-recording.ts';
import { type LoadSocket, leastBusy } from './load-socket.ts';
import { sendWhole } from './send-whole.ts';
import type { StepLog } from './step-log.ts';
import type { LoadRecording, StepPlan } from './step-plan.ts';

/**
 * Moments of a Poisson process, in milliseconds from 0 up to `durationMs`: what many people do who know nothing of each other.
 *
 * @param ratePerSecond - Moments in a second on average, more than 0.
 */
export function poissonSchedule(ratePerSecond: number, durationMs: number, random: Random): number[] {
  const moments: number[] = [];
  for (let atMs = gapMs(ratePerSecond, random); atMs < durationMs; atMs += gapMs(ratePerSecond, random)) {
    moments.push(atMs);
  }
  return moments;
}

/**
 * Sends clips when they are due, however many are still unanswered. What waits, in the generator too, waits on the account of the
 * server: latency counts from the moment that was drawn.
 */
export async function runOpenLoop(
  sockets: readonly LoadSocket[],
  recordings: readonly LoadRecording[],
  plan: StepPlan,
  log: StepLog,
): Promise<void> {
  const clips = dealClips(recordings, createRandom(plan.seed));
  for (const dueMs of poissonSchedule(plan.load, plan.warmUpMs + plan.windowMs, createRandom(plan.seed + 1))) {
    await log.until(dueMs);
    sendWhole(leastBusy(sockets), clips.next().value, dueMs, log);
  }
}

function gapMs(ratePerSecond: number, random: Random): number {
  return (-Math.log(1 - random()) / ratePerSecond) * 1000;
}
