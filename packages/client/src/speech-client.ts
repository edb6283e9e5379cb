import { type ClipState, encodeMessage, type HelloMessage, PROTOCOL_NAME, type WelcomeMessage } from '@outspoken/protocol';
import { ClientError } from './client-error.ts';
import { type ClientEventTarget, type ClientState, createClientEvents, type Emit, type StateDetail } from './client-events.ts';
import { ClipSender } from './clip-sender.ts';
import { Alarm } from './clock.ts';
import { Connection } from './connection.ts';
import { Connector } from './connector.ts';
import type { ClockEstimate } from './heartbeat.ts';
import { type ResolvedOptions, resolveOptions, SAMPLE_RATE_HZ, type SpeechClientOptions } from './options.ts';
import { OutgoingUtterance, type UtteranceStart } from './outgoing-utterance.ts';
import { type Report, ReportRelay } from './report-relay.ts';
import type { Transport } from './transport.ts';

/** Figures of a client since it was made. */
export interface SpeechClientStats {
  /** Everything that went out, message and WebSocket headers included. */
  readonly sentBytes: number;
  /** Audio that went out more than once, without headers. */
  readonly resentBytes: number;
  /** Memory that waiting clips take. */
  readonly outboxBytes: number;
  /** Clips by state: the waiting ones now, the finished ones since the start. */
  readonly clips: Readonly<Record<ClipState, number>>;
  /** Way to the server and difference of the clocks; absent before the first pong of a connection. */
  readonly clock?: ClockEstimate;
}

/**
 * Brings utterances to a server and each result back exactly once, through lost connections, restarts and refusals.
 *
 * A clip stays in memory until its final or a refusal that repeating cannot mend. The platform comes in through the options.
 */
export class SpeechClient {
  /** Where `state`, `interim`, `final`, `rejected`, `continued` and `error` are fired. */
  readonly events: ClientEventTarget;
  readonly #emit: Emit;
  readonly #settings: ResolvedOptions;
  readonly #sender: ClipSender;
  readonly #connector: Connector;
  readonly #reports = new ReportRelay();
  #connection: Connection | undefined;
  #state: StateDetail = { state: 'idle' };
  #resumeToken: string | undefined;
  #sentBytes = 0;
  #resentBytes = 0;
  #closing: Promise<void> | undefined;
  #onDrained: (() => void) | undefined;

  /** @throws RangeError, TypeError or ProtocolError for an option that is out of range. */
  constructor(options: SpeechClientOptions) {
    const settings = resolveOptions(options);
    this.#settings = settings;
    encodeMessage(this.#hello());
    const { events, emit } = createClientEvents();
    this.events = events;
    this.#emit = emit;
    this.#sender = new ClipSender({
      settings,
      emit,
      onDrained: () => this.#onDrained?.(),
      onSessionExpired: () => {
        this.#resumeToken = undefined;
      },
    });
    this.#connector = new Connector({
      settings,
      createConnection: (transport) => this.#createConnection(transport),
      onState: (state) => this.#setState(state),
      onDisconnect: (end) => {
        this.#connection = undefined;
        if (end.refusal?.code === 'session_expired') this.#resumeToken = undefined;
        this.#reports.detach();
        this.#sender.detach();
      },
      takeRetryAfterMs: () => this.#sender.takeRetryAfterMs(),
    });
  }

  get state(): ClientState {
    return this.#state.state;
  }

  get stats(): SpeechClientStats {
    const clock = this.#connection?.estimate;
    return { sentBytes: this.#sentBytes, resentBytes: this.#resentBytes, ...this.#sender.stats, ...(clock ? { clock } : {}) };
  }

  /**
   * Connects, and stays connected until {@link close}. While it waits for its next attempt, tries at once: for a "try again" button,
   * or when the network has returned.
   *
   * @throws ClientError `client_closed` after {@link close}.
   */
  connect(): void {
    this.#checkNotClosed();
    this.#connector.start();
  }

  /**
   * Begins an utterance. Works in every state before {@link close}: without a connection the audio waits in the outbox.
   *
   * @throws ClientError `client_closed` after {@link close}; ProtocolError for a time out of range.
   */
  startUtterance(start: UtteranceStart): OutgoingUtterance {
    this.#checkNotClosed();
    const { startMs, preRollMs, continuesClipId } = start;
    const clip = this.#sender.open({ startMs, preRollMs, ...(continuesClipId === undefined ? {} : { continuesClipId }) });
    return new OutgoingUtterance(this.#sender, clip);
  }

  /**
   * Tells the server what was captured, voiced and sent since this client was made. Waits for a connection; the newest report counts.
   *
   * @throws ProtocolError for a figure out of range.
   */
  report(report: Report): void {
    this.#reports.push(report);
  }

  /**
   * Waits for the finals of ended utterances, `closeTimeoutMs` at most, then closes. Utterances that were not ended are cancelled;
   * clips without a final in time are `rejected` with `client_closed`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#sender.abandon('open');
    await this.#drained();
    this.#sender.abandon('all');
    this.#connector.stop();
    this.#setState({ state: 'closed' });
  }

  /** Settles when there is nothing to wait for any more, or nothing that could come. */
  #drained(): Promise<void> {
    const isHopeless = (): boolean => this.#state.state === 'idle' || this.#state.state === 'closed';
    if (this.#sender.clipCount === 0 || isHopeless()) return Promise.resolve();
    return new Promise((resolve) => {
      const { clock, closeTimeoutMs } = this.#settings;
      const finish = (): void => {
        alarm.stop();
        this.#onDrained = undefined;
        resolve();
      };
      const alarm = new Alarm(clock, finish);
      alarm.set(clock.now() + closeTimeoutMs);
      this.#onDrained = () => {
        if (this.#sender.clipCount === 0 || isHopeless()) finish();
      };
    });
  }

  #createConnection(transport: Transport): Connection {
    const { clock, connectTimeoutMs, pingIntervalMs, deadAfterMs } = this.#settings;
    return new Connection({
      transport,
      clock,
      hello: this.#hello(),
      welcomeTimeoutMs: connectTimeoutMs,
      pingIntervalMs,
      deadAfterMs,
      onWelcome: (welcome, connection) => this.#open(welcome, connection),
      onMessage: (message) => this.#sender.handle(message),
      onProblem: (error) => this.#emit('error', error),
      onSent: (bytes, resentBytes) => {
        this.#sentBytes += bytes;
        this.#resentBytes += resentBytes;
      },
    });
  }

  #open(welcome: WelcomeMessage, connection: Connection): void {
    this.#connection = connection;
    this.#resumeToken = welcome.resumeToken;
    this.#setState({ state: 'open' });
    this.#sender.attach(connection, welcome);
    this.#reports.attach((message) => connection.send(message), welcome.resumed);
  }

  #hello(): HelloMessage {
    const { sdk, clipPolicyId, wantsInterims, format, keywords, clock } = this.#settings;
    return {
      type: 'hello',
      protocol: PROTOCOL_NAME,
      sdk,
      audio: { encoding: 'pcm_s16le', sampleRateHz: SAMPLE_RATE_HZ },
      clipPolicyId,
      wantsInterims,
      ...(format === undefined ? {} : { format }),
      ...(keywords === undefined ? {} : { keywords }),
      edgeTimeMs: clock.wallClock(),
      ...(this.#resumeToken === undefined ? {} : { resumeToken: this.#resumeToken }),
    };
  }

  #setState(state: StateDetail): void {
    this.#state = state;
    this.#emit('state', state);
    this.#onDrained?.();
  }

  #checkNotClosed(): void {
    if (this.#closing) throw new ClientError('client_closed', 'the client was closed: make a new one');
  }
}
