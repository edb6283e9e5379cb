import type { AddressInfo } from 'node:net';
import { type ClientMessage, encodeMessage, parseServerMessage, type ServerMessage } from '@outspoken/protocol';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { buildServer } from '../../src/build-server.ts';
import { type EffortSetting, Scheduler } from '../../src/scheduling/scheduler.ts';
import type { ServerOptions } from '../../src/server-options.ts';
import { fakeMetrics } from './fake-metrics.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualDispatcher } from './manual-dispatcher.ts';
import { HELLO } from './speech.ts';

export type ServerBench = Awaited<ReturnType<typeof startServer>>;

/** A real server on a real port, over a recognizer and a clock that do what the test says. */
export async function startServer({ effort, ...options }: Partial<ServerOptions> & { readonly effort?: EffortSetting } = {}) {
  const clock = new ManualClock();
  const dispatcher = new ManualDispatcher(4);
  const scheduler = new Scheduler({ dispatcher, now: () => clock.nowMs(), schedule: clock.schedule.bind(clock), effort: effort ?? 'fast' });
  const metrics = fakeMetrics();
  const server = await buildServer({ scheduler, dispatcher, metrics, clock, random: () => 0.5, ...options });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}${options.basePath ?? ''}`;
  onTestFinished(() => server.app.close());
  return { ...server, clock, dispatcher, scheduler, metrics, port, base };
}

export async function ticketFrom(base: string): Promise<string> {
  const response = await fetch(`${base}/v1/sessions`, { method: 'POST' });
  const grant = (await response.json()) as { ticket: string };
  return grant.ticket;
}

/** A socket to the stream with the given subprotocols and headers. */
export function openSocket(base: string, protocols: string[], headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`${base.replace('http', 'ws')}/v1/stream`, protocols, { headers });
}

/** Resolves with the status of the refusal, or 101. */
export function upgradeStatus(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}

/** A client that says exactly what the test says. */
export class RawClient {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly received: ServerMessage[] = [];
  readonly #waiters: { readonly wanted: (message: ServerMessage) => boolean; readonly resolve: (message: ServerMessage) => void }[] = [];
  #readTo = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      this.received.push(parseServerMessage(data.toString()));
      this.#deliver();
    });
  }

  static async connect(base: string, headers: Record<string, string> = {}): Promise<RawClient> {
    const socket = openSocket(base, ['asr.v1', `ticket.${await ticketFrom(base)}`], headers);
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    return client;
  }

  /** Connects and says hello. */
  static async open(base: string, resumeToken?: string): Promise<RawClient> {
    const client = await RawClient.connect(base);
    client.send({ ...HELLO, ...(resumeToken === undefined ? {} : { resumeToken }) });
    await client.next('welcome');
    return client;
  }

  send(message: ClientMessage | string | Uint8Array): void {
    this.socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : encodeMessage(message));
  }

  /** The next message of this type that was not asked for before; those in between are passed over. */
  async next<Type extends ServerMessage['type']>(type: Type): Promise<ServerMessage & { readonly type: Type }> {
    const message = await new Promise<ServerMessage>((resolve) => {
      this.#waiters.push({ wanted: (candidate) => candidate.type === type, resolve });
      this.#deliver();
    });
    return message as ServerMessage & { readonly type: Type };
  }

  /** Everything that was sent so far has been dealt with by the server. */
  async sync(): Promise<void> {
    this.send({ type: 'ping', edgeTimeMs: 1 });
    await this.next('pong');
  }

  #deliver(): void {
    while (this.#waiters.length > 0 && this.#readTo < this.received.length) {
      const message = this.received[this.#readTo] as ServerMessage;
      this.#readTo += 1;
      if (this.#waiters[0]?.wanted(message)) this.#waiters.shift()?.resolve(message);
    }
  }
}
