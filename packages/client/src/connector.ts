import { shouldReconnect } from '@outspoken/protocol';
import { backoffDelayMs } from './backoff.ts';
import { ClientError, SessionRefusedError } from './client-error.ts';
import type { StateDetail } from './client-events.ts';
import type { Connection, ConnectionEnd } from './connection.ts';
import type { ResolvedOptions } from './options.ts';
import type { Transport } from './transport.ts';

/** What a {@link Connector} needs, and whom it tells. */
export interface ConnectorOptions {
  readonly settings: ResolvedOptions;
  readonly createConnection: (transport: Transport) => Connection;
  readonly onState: (state: StateDetail) => void;
  /** The connection is over; what was in flight on it is not any more. */
  readonly onDisconnect: (end: ConnectionEnd) => void;
  /** Least wait that the server asked for with `going_away`, in milliseconds; asked once after each connection. */
  readonly takeRetryAfterMs: () => number;
}

/** The result of one attempt: either give up for good, or wait and try again. */
interface Outcome {
  readonly cause: ClientError;
  readonly isFinal: boolean;
  readonly retryAfterMs: number;
  /** The connection worked for a while, so that the next wait is the shortest again. */
  readonly wasStable: boolean;
}

/** A connection that lasts this long was a good one; a server that welcomes and closes at once still meets growing waits. */
const STABLE_MS = 5_000;

/** Keeps one connection: asks for a session, opens the transport, and after a loss waits and does it again. */
export class Connector {
  readonly #options: ConnectorOptions;
  /** Aborts the present attempt and the loop. */
  #run: AbortController | undefined;
  #wakeUp: (() => void) | undefined;
  #connection: Connection | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** Starts, or ends the present wait early. */
  start(): void {
    if (this.#run) {
      this.#wakeUp?.();
      return;
    }
    this.#run = new AbortController();
    void this.#loop(this.#run.signal);
  }

  /** Stops for good or until the next {@link start}; an open connection is closed with 1000. */
  stop(): void {
    this.#run?.abort(new ClientError('client_closed', 'the client was closed'));
    this.#run = undefined;
    this.#connection?.close(1000, 'done');
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { settings, onState } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      onState({ state: 'connecting' });
      const outcome = await this.#attempt(signal);
      if (signal.aborted) return;
      if (outcome.isFinal) {
        this.#run = undefined;
        onState({ state: 'closed', cause: outcome.cause });
        return;
      }
      failures = outcome.wasStable ? 0 : failures + 1;
      const jitterMs = backoffDelayMs(Math.max(0, failures - 1), settings.backoff, settings.random);
      const retryInMs = Math.max(outcome.retryAfterMs, jitterMs);
      onState({ state: 'waiting', retryInMs, cause: outcome.cause });
      await this.#wait(retryInMs, signal);
    }
  }

  async #attempt(signal: AbortSignal): Promise<Outcome> {
    const { settings, createConnection, onDisconnect, takeRetryAfterMs } = this.#options;
    let transport: Transport;
    let connection: Connection;
    try {
      const grant = await this.#withTimeout(signal, (attempt) => settings.requestSession(attempt));
      transport = await this.#withTimeout(signal, (attempt) => settings.openTransport(grant, attempt), closeLate);
      if (signal.aborted) {
        closeLate(transport);
        return describeFailure(signal.reason);
      }
      connection = createConnection(transport);
    } catch (error) {
      return describeFailure(error);
    }
    const openedAtMs = settings.clock.now();
    this.#connection = connection;
    const end = await connection.ended;
    this.#connection = undefined;
    onDisconnect(end);
    return describeEnd(end, takeRetryAfterMs(), settings.clock.now() - openedAtMs >= STABLE_MS);
  }

  /** Runs one step of connecting; on time-out or stop it is abandoned, and a result that comes later is disposed of. */
  #withTimeout<T>(signal: AbortSignal, step: (signal: AbortSignal) => Promise<T>, dispose?: (late: T) => void): Promise<T> {
    const { clock, connectTimeoutMs } = this.#options.settings;
    const attempt = new AbortController();
    return new Promise<T>((resolve, reject) => {
      const abandon = (reason: unknown): void => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
        attempt.abort(reason);
        reject(reason);
      };
      const onAbort = (): void => abandon(signal.reason);
      const cancelTimer = clock.setTimer(
        () => abandon(new ClientError('server_unreachable', 'the server did not answer in time')),
        connectTimeoutMs,
      );
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (): boolean => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
        return !attempt.signal.aborted;
      };
      // The call itself may throw before there is a promise.
      Promise.resolve(attempt.signal)
        .then(step)
        .then(
          (result) => {
            if (settle()) resolve(result);
            else dispose?.(result);
          },
          (error: unknown) => {
            if (settle()) reject(error);
          },
        );
    });
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#options.settings.clock.setTimer(() => finish(), delayMs);
      const finish = (): void => {
        cancelTimer();
        signal.removeEventListener('abort', finish);
        this.#wakeUp = undefined;
        resolve();
      };
      this.#wakeUp = finish;
      signal.addEventListener('abort', finish, { once: true });
    });
  }
}

function closeLate(transport: Transport): void {
  transport.close(1000, 'not needed any more');
}

function describeFailure(error: unknown): Outcome {
  if (error instanceof SessionRefusedError) {
    return { cause: error, isFinal: !error.retryable, retryAfterMs: error.retryAfterMs ?? 0, wasStable: false };
  }
  const cause =
    error instanceof ClientError ? error : new ClientError('server_unreachable', 'the server could not be reached', { cause: error });
  return { cause, isFinal: false, retryAfterMs: 0, wasStable: false };
}

function describeEnd(end: ConnectionEnd, retryAfterMs: number, wasStable: boolean): Outcome {
  const { refusal } = end;
  if (refusal) {
    const cause = new SessionRefusedError(refusal.code, refusal.message, {
      retryable: refusal.retryable,
      retryAfterMs: refusal.retryAfterMs,
    });
    return describeFailure(cause);
  }
  const isFinal = !shouldReconnect(end.code);
  const message = `the connection was closed with ${end.code}`;
  const cause = new ClientError(isFinal ? 'connection_refused' : 'connection_lost', message, { closeCode: end.code });
  return { cause, isFinal, retryAfterMs, wasStable: wasStable && end.wasOpen };
}
