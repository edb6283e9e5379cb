import {
  type AudioFrameHeader,
  type ClientMessage,
  type ErrorMessage,
  encodeAudioFrame,
  encodeMessage,
  type HelloMessage,
  ProtocolError,
  parseServerMessage,
  type ServerMessage,
  type WelcomeMessage,
} from '@outspoken/protocol';
import { ClientError } from './client-error.ts';
import { Alarm, type Clock } from './clock.ts';
import { type ClockEstimate, Heartbeat } from './heartbeat.ts';
import type { Transport, TransportClose } from './transport.ts';

/** A message once the connection is open: all but `welcome` and `pong`, which the connection keeps to itself. */
export type SessionMessage = Exclude<ServerMessage, { type: 'welcome' | 'pong' }>;

/** What a {@link Connection} needs, and whom it tells. */
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly hello: HelloMessage;
  readonly welcomeTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly deadAfterMs: number;
  readonly onWelcome: (welcome: WelcomeMessage, connection: Connection) => void;
  readonly onMessage: (message: SessionMessage) => void;
  /** A message that could not be read. */
  readonly onProblem: (error: ClientError) => void;
  /** Bytes that went out, WebSocket header included, and how many of them were audio that had been sent before. */
  readonly onSent: (bytes: number, resentBytes: number) => void;
}

/** How a connection ended. */
export interface ConnectionEnd extends TransportClose {
  /** Whether the server welcomed us. */
  readonly wasOpen: boolean;
  /** The server's last word, when it refused `hello`. */
  readonly refusal?: ErrorMessage;
}

/** One connection, from `hello` to its close. Once it ended, nothing is delivered and nothing is sent. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #welcomeAlarm: Alarm;
  #heartbeat: Heartbeat | undefined;
  #isOpen = false;
  #hasEnded = false;
  #refusal: ErrorMessage | undefined;
  readonly #resolveEnd: (end: ConnectionEnd) => void;
  /** Settles when the connection is over; never rejects. */
  readonly ended: Promise<ConnectionEnd>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    let resolveEnd: (end: ConnectionEnd) => void = () => {};
    this.ended = new Promise((resolve) => {
      resolveEnd = resolve;
    });
    this.#resolveEnd = resolveEnd;
    this.#welcomeAlarm = new Alarm(options.clock, () => this.close(4408, 'no welcome'));
    this.#welcomeAlarm.set(options.clock.now() + options.welcomeTimeoutMs);
    this.send(options.hello);
    void this.#receive();
  }

  get bufferedBytes(): number {
    return this.#options.transport.bufferedBytes;
  }

  get estimate(): ClockEstimate | undefined {
    return this.#heartbeat?.estimate;
  }

  /** @throws ProtocolError when a field does not fit the schema. */
  send(message: ClientMessage): void {
    if (this.#hasEnded) return;
    const text = encodeMessage(message);
    this.#options.transport.send(text);
    // Control messages of a client are ASCII but for names in hello; an estimate is enough for a byte count.
    this.#options.onSent(websocketBytes(text.length), 0);
  }

  /** @throws ProtocolError when a field does not fit the header. */
  sendFrame(header: AudioFrameHeader, payload: Uint8Array, resentBytes: number): void {
    if (this.#hasEnded) return;
    const frame = encodeAudioFrame(header, payload);
    this.#options.transport.send(frame);
    this.#options.onSent(websocketBytes(frame.length), resentBytes);
  }

  /** Ends the connection now, without waiting for the other end. */
  close(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#options.transport.close(code, reason);
    this.#finish({ code, reason });
  }

  async #receive(): Promise<void> {
    const { transport } = this.#options;
    try {
      for await (const data of transport.messages) {
        if (this.#hasEnded) return;
        this.#heartbeat?.noteReceived();
        this.#read(data);
        if (this.#hasEnded) return;
      }
    } catch (error) {
      this.#options.onProblem(new ClientError('connection_lost', 'the connection failed while reading', { cause: error }));
      this.close(1011, 'read failed');
      return;
    }
    this.#finish(await transport.closed);
  }

  #read(data: string | Uint8Array): void {
    let message: ServerMessage;
    try {
      if (typeof data !== 'string') throw new ProtocolError('bad_message', 'server messages must be text');
      message = parseServerMessage(data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // A message type that a newer server added is none of our business.
      if (error.code !== 'unknown_message') this.#options.onProblem(new ClientError(error.code, error.message, { cause: error }));
      return;
    }
    this.#dispatch(message);
  }

  #dispatch(message: ServerMessage): void {
    if (message.type === 'pong') {
      this.#heartbeat?.notePong(message);
      return;
    }
    if (message.type === 'welcome') {
      if (!this.#isOpen) this.#open(message);
      return;
    }
    if (this.#isOpen) {
      this.#options.onMessage(message);
      return;
    }
    if (message.type === 'error') {
      this.#refusal = message;
      this.close(1000, 'hello refused');
    }
  }

  #open(welcome: WelcomeMessage): void {
    const { clock, pingIntervalMs, deadAfterMs } = this.#options;
    this.#isOpen = true;
    this.#welcomeAlarm.stop();
    this.#heartbeat = new Heartbeat({
      clock,
      pingIntervalMs,
      deadAfterMs,
      sendPing: (ping) => this.send(ping),
      onDead: () => this.close(4408, 'server silent'),
    });
    this.#options.onWelcome(welcome, this);
  }

  #finish(close: TransportClose): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#welcomeAlarm.stop();
    this.#heartbeat?.stop();
    this.#resolveEnd({ ...close, wasOpen: this.#isOpen, ...(this.#refusal ? { refusal: this.#refusal } : {}) });
  }
}

/** Size of a client's WebSocket message on the wire: payload, header and mask (RFC 6455 §5.2). */
function websocketBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return payloadBytes + 6;
  return payloadBytes + (payloadBytes < 65_536 ? 8 : 14);
}
