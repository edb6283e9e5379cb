import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../support/seeded-random.ts';
import { dealClips } from './load-recording.ts';
import type { LoadSocket } from './load-socket.ts';
import { sendWhole } from './send-whole.ts';
import type { StepLog } from './step-log.ts';
import type { LoadRecording, StepPlan } from './step-plan.ts';

/** A client that was turned down does not ask again at once. */
const PAUSE_AFTER_REJECTION_MS = 250;

/**
 * Lets each socket send the next clip when the last one was answered: never more clips on their way than sockets. A slow server is
 * sent less, so that the figure to read is the throughput; the latency is that of clients who wait.
 */
export async function runClosedLoop(
  sockets: readonly LoadSocket[],
  recordings: readonly LoadRecording[],
  plan: StepPlan,
  log: StepLog,
): Promise<void> {
  const clips = dealClips(recordings, createRandom(plan.seed));
  const endMs = plan.warmUpMs + plan.windowMs;
  const over = log.until(endMs);
  const converse = async (socket: LoadSocket): Promise<void> => {
    while (log.nowMs < endMs) {
      const clip = sendWhole(socket, clips.next().value, log.nowMs, log);
      await Promise.race([clip.settled, over]);
      if (clip.isSettled && !clip.wasFinal) {
        await wait(PAUSE_AFTER_REJECTION_MS);
      }
    }
  };
  await Promise.all(sockets.map(converse));
}
