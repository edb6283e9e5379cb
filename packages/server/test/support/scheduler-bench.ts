import { type ScheduledClip, type ScheduledJob, Scheduler, type SchedulerOptions } from '../../src/scheduling/scheduler.ts';
import { ManualDispatcher, type ManualDispatcherOptions } from './manual-dispatcher.ts';

const SAMPLES_PER_MS = 16;

/** The real scheduler over a dispatcher and a clock that do what the test says. */
export class Bench {
  nowMs = 0;
  readonly timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  readonly dispatcher: ManualDispatcher;
  readonly scheduler: Scheduler;

  constructor(slots = 1, options: Partial<SchedulerOptions> & ManualDispatcherOptions = {}) {
    const { maximumBatch = 1, hasHands = false, ...scheduling } = options;
    this.dispatcher = new ManualDispatcher(slots, { maximumBatch, hasHands });
    const schedule = (delayMs: number, callback: () => void) => {
      const timer = { atMs: this.nowMs + delayMs, callback };
      this.timers.add(timer);
      return () => this.timers.delete(timer);
    };
    this.scheduler = new Scheduler({ dispatcher: this.dispatcher, now: () => this.nowMs, schedule, ...scheduling });
  }

  /** Moves time on and lets the timers that are due ring. */
  wait(durationMs: number): void {
    this.nowMs += durationMs;
    for (const timer of [...this.timers]) {
      if (timer.atMs <= this.nowMs && this.timers.delete(timer)) {
        timer.callback();
      }
    }
  }

  submit(key: string, options: Partial<ScheduledClip> & { readonly audioMs?: number } = {}): ScheduledJob {
    const { audioMs = 1000, ...clip } = options;
    return this.scheduler.submit({ lane: 'final', key, tenant: 'one', samples: new Float32Array(audioMs * SAMPLES_PER_MS), ...clip });
  }

  /** Ends the oldest running job and lets the promises it settles run. */
  async finishOne(busyMs?: number): Promise<void> {
    this.dispatcher.running[0]?.finish(busyMs);
    await settled();
  }

  async finishAll(): Promise<void> {
    while (this.dispatcher.running.length > 0) {
      await this.finishOne();
    }
  }
}

/** Lets every promise that can settle settle. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
