import type { FastifyBaseLogger } from 'fastify';
import type { Scheduler } from '../scheduling/scheduler.ts';
import type { AudioBudget } from './clip-audio.ts';
import type { Clock } from './clock.ts';
import type { SessionMetrics } from './session-metrics.ts';
import type { SessionOptions } from './session-options.ts';

/** What the session floor logs with: the shape of pino. */
export type SessionLogger = Pick<FastifyBaseLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** The model as clients see it. */
interface SessionModel {
  readonly id: string;
  readonly version: string;
  readonly family: string;
}

/** What every session of a server shares. */
export interface SessionServices {
  readonly scheduler: Pick<Scheduler, 'submit' | 'refine' | 'admit' | 'predictedWaitMs'>;
  /** The model that answers now. */
  readonly model: () => SessionModel;
  readonly metrics: SessionMetrics;
  readonly clock: Clock;
  readonly options: SessionOptions;
  readonly budget: AudioBudget;
  readonly log: SessionLogger;
}
