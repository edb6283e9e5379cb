import type { ServerMessage } from '@outspoken/protocol';
import { type EffortSetting, Scheduler, type SchedulerLimits } from '../../src/scheduling/scheduler.ts';
import { AudioBudget } from '../../src/session/clip-audio.ts';
import { type SessionOptions, sessionOptions } from '../../src/session/session-options.ts';
import type { SessionServices } from '../../src/session/session-services.ts';
import type { SessionConnection } from '../../src/session/speech-session.ts';
import { fakeMetrics } from './fake-metrics.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualDispatcher } from './manual-dispatcher.ts';

const ignore = (): void => undefined;

/** The real scheduler over a recognizer and a clock that do what the test says. */
export function sessionBench(
  options: Partial<SessionOptions> = {},
  limits: Partial<SchedulerLimits> & { readonly slots?: number; readonly effort?: EffortSetting } = {},
) {
  const { slots = 1, ...schedulerLimits } = limits;
  const clock = new ManualClock();
  const dispatcher = new ManualDispatcher(slots);
  const scheduler = new Scheduler({ dispatcher, now: () => clock.nowMs(), schedule: clock.schedule.bind(clock), ...schedulerLimits });
  const metrics = fakeMetrics();
  const services: SessionServices = {
    scheduler,
    model: () => dispatcher.model,
    metrics,
    clock,
    options: sessionOptions(options),
    budget: new AudioBudget(options.maximumAudioBytes ?? 1e9),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  };
  return { clock, dispatcher, scheduler, metrics, services };
}

/** Lets the promises of the scheduler settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** A client's end of a connection: what was sent to it. */
export class FakeConnection implements SessionConnection {
  readonly sent: ServerMessage[] = [];
  readonly errors: unknown[] = [];
  readonly log = { debug: ignore, info: ignore, warn: ignore, error: (fields: unknown) => this.errors.push(fields) };
  readonly credits: number[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  send(message: ServerMessage): void {
    this.sent.push(message);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  credit(lengthSamples: number): void {
    this.credits.push(lengthSamples);
  }

  all<Type extends ServerMessage['type']>(type: Type): (ServerMessage & { readonly type: Type })[] {
    return this.sent.filter((message): message is ServerMessage & { readonly type: Type } => message.type === type);
  }
}
