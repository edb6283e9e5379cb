// The load generator, in a process of its own: what it costs is not mixed with the server's, and it says when it was itself too slow.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runClosedLoop } from './closed-loop.ts';
import { runOpenLoop } from './open-loop.ts';
import { SocketPool } from './socket-pool.ts';
import { StepLog } from './step-log.ts';
import type { GeneratorAnswer, GeneratorCommand, LoadRecording, Mode, StepObservation, StepPlan } from './step-plan.ts';
import { runTalkers } from './talker-loop.ts';

const LOOPS: Readonly<Record<Mode, typeof runOpenLoop>> = { talkers: runTalkers, open: runOpenLoop, closed: runClosedLoop };

const pool = new SocketPool();
let recordings: readonly LoadRecording[] = [];

async function runStep(plan: StepPlan): Promise<StepObservation> {
  const sockets = await pool.take(plan);
  pool.takeTroubles();
  const log = new StepLog();
  const load = LOOPS[plan.mode](sockets, recordings, plan, log);
  await log.until(plan.warmUpMs);
  const windowStartMs = log.nowMs;
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const cpuBefore = process.cpuUsage();
  answer({ type: 'window_started' });
  await log.until(plan.warmUpMs + plan.windowMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  loopDelay.disable();
  const windowEndMs = log.nowMs;
  answer({ type: 'window_ended' });
  await load;
  if (!(await log.settled(plan.settleLimitMs))) {
    await pool.discard(plan.target);
  }
  return {
    rows: log.rows,
    refusals: log.refusals,
    troubles: pool.takeTroubles(),
    readMs: windowEndMs - windowStartMs,
    generator: {
      cpuSeconds: (user + system) / 1e6,
      memoryBytes: process.memoryUsage.rss(),
      loopDelayP99Ms: loopDelay.percentile(99) / 1e6,
    },
  };
}

async function obey(command: GeneratorCommand): Promise<void> {
  switch (command.type) {
    case 'recordings':
      recordings = command.recordings;
      answer({ type: 'ready' });
      break;
    case 'step':
      answer({ type: 'observed', observation: await runStep(command.plan) });
      break;
    default:
      command satisfies never;
  }
}

function answer(message: GeneratorAnswer): void {
  process.send?.(message);
}

process.on('message', (command: GeneratorCommand) => {
  obey(command).catch((error: unknown) => answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) }));
});
process.on('disconnect', () => process.exit());
