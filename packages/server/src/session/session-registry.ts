import { randomUUID } from 'node:crypto';
import type { HelloMessage } from '@outspoken/protocol';
import { DEFAULT_RETRY_MS } from './recognition-failure.ts';
import { createSecret, secretDigest } from './secret.ts';
import { SessionError } from './session-error.ts';
import type { SessionServices } from './session-services.ts';
import { type SessionConnection, SpeechSession } from './speech-session.ts';
import { TicketStore } from './ticket-store.ts';

const SWEEP_MS = 5_000;
const SAMPLE_RATE_HZ = 16_000;

interface Entry {
  readonly session: SpeechSession;
  /** Digest of the token that the client was last given. */
  digest: string;
  /** Digest of the one before, until the client shows that it has the new one: the `welcome` may be lost on its way. */
  previousDigest: string | undefined;
}

/** Options of {@link SessionRegistry}. */
export interface SessionRegistryOptions {
  readonly services: SessionServices;
  /** Numbers in [0, 1), to spread the clients that are sent away. */
  readonly random: () => number;
}

/** The sessions of a server and the tickets that lead to them: bounded, and swept as time passes. */
export class SessionRegistry {
  readonly #services: SessionServices;
  readonly #random: () => number;
  readonly #tickets: TicketStore;
  readonly #entries = new Map<SpeechSession, Entry>();
  readonly #byDigest = new Map<string, Entry>();
  readonly #idleWaiters = new Set<() => void>();
  #cancelSweep: () => void;
  #isDraining = false;

  constructor(options: SessionRegistryOptions) {
    const { clock, options: limits } = options.services;
    this.#services = options.services;
    this.#random = options.random;
    this.#tickets = new TicketStore({ clock, ttlMs: limits.ticketTtlMs, maximumTickets: limits.maximumTickets });
    this.#cancelSweep = this.#scheduleSweep();
  }

  /** Sessions held, with and without a connection. */
  get sessionCount(): number {
    return this.#entries.size;
  }

  /** Unused tickets held. */
  get ticketCount(): number {
    return this.#tickets.size;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Whether a new session can be opened: there is room, or a session without a client that can make way. */
  get hasRoom(): boolean {
    return this.#entries.size < this.#services.options.maximumSessions || this.#longestDetached() !== undefined;
  }

  /** Makes a ticket for one socket. */
  issueTicket(): string {
    return this.#tickets.issue();
  }

  /** Uses a ticket up. @returns whether it was good. */
  redeemTicket(ticket: string): boolean {
    return this.#tickets.redeem(ticket);
  }

  /**
   * Opens a session, or the one that the resume token belongs to, and welcomes the client. A token that is unknown, expired or was
   * used before opens a new session: the client sees `resumed: false`, and nobody sees what is not theirs.
   *
   * @throws {@link SessionError} `unsupported_sample_rate`, `draining` or `overloaded`.
   */
  open(hello: HelloMessage, connection: SessionConnection): SpeechSession {
    if (hello.audio.sampleRateHz !== SAMPLE_RATE_HZ) {
      throw new SessionError(
        'unsupported_sample_rate',
        `audio.sampleRateHz must be ${SAMPLE_RATE_HZ}, got ${hello.audio.sampleRateHz}: resample before sending`,
      );
    }
    if (this.#isDraining) throw new SessionError('draining', 'the server is shutting down', { retryAfterMs: DEFAULT_RETRY_MS });
    const resumed = hello.resumeToken === undefined ? undefined : this.#find(hello.resumeToken);
    if (hello.resumeToken !== undefined) this.#services.metrics.resumeFinished(resumed === undefined ? 'expired' : 'resumed');
    const entry = resumed ?? this.#create();
    const resumeToken = this.#rotate(entry, hello.resumeToken, resumed !== undefined);
    entry.session.attach(connection, hello, { isResumed: resumed !== undefined, resumeToken });
    connection.log.info({ sessionId: entry.session.id, isResumed: resumed !== undefined }, 'session opened');
    return entry.session;
  }

  /** The client of a session has shown that it got the last resume token: the one before is void from now on. */
  confirm(session: SpeechSession): void {
    const entry = this.#entries.get(session);
    if (entry?.previousDigest === undefined) return;
    this.#byDigest.delete(entry.previousDigest);
    entry.previousDigest = undefined;
  }

  /** The connection of a session has closed. A client that says goodbye (1000) has nothing left to come back for. */
  leave(session: SpeechSession, connection: SessionConnection, code: number): void {
    if (session.detach(connection) && code === 1000) this.drop(session);
  }

  /** Ends a session for good. Idempotent. */
  drop(session: SpeechSession): void {
    const entry = this.#entries.get(session);
    if (entry === undefined) return;
    this.#entries.delete(session);
    this.#byDigest.delete(entry.digest);
    if (entry.previousDigest !== undefined) this.#byDigest.delete(entry.previousDigest);
    session.close();
    this.#services.metrics.sessionClosed();
    session.log.info({ sessionId: session.id }, 'session closed');
    this.#notifyIdle();
  }

  /** Takes on nothing new from now on, and tells every client so, each to come back at another moment of the next `spreadMs`. */
  startDraining(spreadMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#services.metrics.setDraining(true);
    for (const session of this.#entries.keys()) session.goAway(DEFAULT_RETRY_MS + Math.floor(this.#random() * spreadMs));
  }

  /** Resolves when no connected client waits for a result, or after `timeoutMs`. @returns whether all were finished. */
  async settled(timeoutMs: number): Promise<boolean> {
    if (this.#clipsInFlight() === 0) return true;
    const { promise, resolve } = withResolvers();
    this.#idleWaiters.add(resolve);
    const cancelTimeout = this.#services.clock.schedule(timeoutMs, resolve);
    await promise;
    cancelTimeout();
    this.#idleWaiters.delete(resolve);
    return this.#clipsInFlight() === 0;
  }

  /** Ends every session. Idempotent. */
  close(): void {
    this.#cancelSweep();
    for (const session of [...this.#entries.keys()]) {
      session.disconnect(1001, 'the server is shutting down');
      this.drop(session);
    }
  }

  #find(resumeToken: string): Entry | undefined {
    const digest = secretDigest(resumeToken);
    const entry = digest === undefined ? undefined : this.#byDigest.get(digest);
    if (entry === undefined || !this.#isExpired(entry.session)) return entry;
    this.drop(entry.session);
    return undefined;
  }

  #create(): Entry {
    const { options, metrics } = this.#services;
    if (this.#entries.size >= options.maximumSessions) {
      const waiting = this.#longestDetached();
      if (waiting === undefined) {
        throw new SessionError('overloaded', 'the server has as many sessions as it may', { retryAfterMs: options.resumeWindowMs });
      }
      this.drop(waiting);
    }
    const session: SpeechSession = new SpeechSession({
      id: randomUUID(),
      services: this.#services,
      isDraining: () => this.#isDraining,
      onIdle: () => this.#notifyIdle(),
      onFault: (error) => this.#fault(session, error),
    });
    const entry: Entry = { session, digest: '', previousDigest: undefined };
    this.#entries.set(session, entry);
    metrics.sessionOpened();
    return entry;
  }

  /** Gives a session a new resume token; the one that was used stays good until the client confirms. */
  #rotate(entry: Entry, usedToken: string | undefined, isResumed: boolean): string {
    const usedDigest = isResumed && usedToken !== undefined ? secretDigest(usedToken) : undefined;
    for (const digest of [entry.digest, entry.previousDigest]) {
      if (digest !== undefined && digest !== usedDigest) this.#byDigest.delete(digest);
    }
    const token = createSecret();
    entry.digest = secretDigest(token) ?? '';
    entry.previousDigest = usedDigest;
    this.#byDigest.set(entry.digest, entry);
    return token;
  }

  /** One session failed: it goes, with its connection, and no other one notices. */
  #fault(session: SpeechSession, error: unknown): void {
    session.log.error({ sessionId: session.id, err: error }, 'session failed');
    session.disconnect(1011, 'the session failed');
    this.drop(session);
  }

  #clipsInFlight(): number {
    let clips = 0;
    for (const session of this.#entries.keys()) if (session.isAttached) clips += session.clipsInFlight;
    return clips;
  }

  #notifyIdle(): void {
    if (this.#idleWaiters.size === 0 || this.#clipsInFlight() > 0) return;
    for (const resolve of this.#idleWaiters) resolve();
  }

  #isExpired(session: SpeechSession): boolean {
    const { clock, options } = this.#services;
    return !session.isAttached && clock.nowMs() - session.detachedMs >= options.resumeWindowMs;
  }

  #longestDetached(): SpeechSession | undefined {
    let longest: SpeechSession | undefined;
    for (const session of this.#entries.keys()) {
      if (!session.isAttached && (longest === undefined || session.detachedMs < longest.detachedMs)) longest = session;
    }
    return longest;
  }

  #scheduleSweep(): () => void {
    return this.#services.clock.schedule(SWEEP_MS, () => {
      this.#tickets.sweep();
      for (const session of [...this.#entries.keys()]) if (this.#isExpired(session)) this.drop(session);
      this.#cancelSweep = this.#scheduleSweep();
    });
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
