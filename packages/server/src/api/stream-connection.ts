import type { WebSocket } from '@fastify/websocket';
import {
  type ClientMessage,
  createErrorMessage,
  decodeAudioFrame,
  encodeMessage,
  MAX_CONTROL_BYTES,
  MAX_HELLO_BYTES,
  ProtocolError,
  parseClientMessage,
  type ServerMessage,
} from '@outspoken/protocol';
import { SessionError } from '../session/session-error.ts';
import { errorMessage } from '../session/session-messages.ts';
import type { SessionLogger } from '../session/session-services.ts';
import type { SessionConnection, SpeechSession } from '../session/speech-session.ts';
import type { ApiContext } from './api-context.ts';
import { Heartbeat } from './heartbeat.ts';
import { TokenBucket } from './token-bucket.ts';

/** How long a client may take to answer a close frame, in milliseconds. */
const CLOSE_GRACE_MS = 1_000;
const SAMPLE_BYTES = 4;
/** One a minute: who is slightly wrong all day is not who floods. */
const MISTAKES_FORGIVEN_PER_SECOND = 1 / 60;
/** Shortest live chunk that is reckoned with when a finished clip gives its messages back: one VAD frame. */
const CHUNK_SAMPLES = 512;
const CONTROL_MESSAGES_PER_CLIP = 8;

/** What a {@link StreamConnection} is made of. */
export interface StreamConnectionOptions {
  readonly socket: WebSocket;
  readonly context: ApiContext;
  readonly log: SessionLogger;
  /** Bytes that have come in over the socket so far. */
  readonly receivedBytes: () => number;
  readonly onClosed: (connection: StreamConnection) => void;
}

/**
 * One socket that speaks `asr.v1`: the first message opens or resumes a session, everything after it goes there. What is wrong is
 * answered with a coded error; the socket is closed only by the limits of {@link StreamOptions}.
 */
export class StreamConnection implements SessionConnection {
  readonly log: SessionLogger;
  readonly #options: StreamConnectionOptions;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  /** What a client may still get wrong: a long life must not add up to a few mistakes too many. */
  readonly #mistakes: TokenBucket;
  readonly #heartbeat: Heartbeat;
  readonly #cancelHelloTimeout: () => void;
  #cancelCloseTimeout: (() => void) | undefined;
  #session: SpeechSession | undefined;
  #isConfirmed = false;
  #isClosing = false;

  constructor(options: StreamConnectionOptions) {
    const { socket, context, receivedBytes } = options;
    const { clock, streamOptions: limits, metrics } = context;
    this.#options = options;
    this.log = options.log;
    this.#messages = new TokenBucket({ clock, perSecond: limits.messagesPerSecond, burst: limits.messageBurst });
    this.#bytes = new TokenBucket({ clock, perSecond: limits.bytesPerSecond, burst: limits.byteBurst });
    this.#mistakes = new TokenBucket({ clock, perSecond: MISTAKES_FORGIVEN_PER_SECOND, burst: limits.maximumMistakes - 1 });
    this.#cancelHelloTimeout = clock.schedule(limits.helloTimeoutMs, () => this.close(4408, 'no hello in time'));
    this.#heartbeat = new Heartbeat({
      clock,
      intervalMs: limits.heartbeatMs,
      receivedBytes,
      ping: () => socket.ping(),
      onDead: () => this.#terminate('no traffic'),
    });
    // Binary messages and text alike come as one Buffer: that is the socket's default.
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    // Answered by the socket itself, but they cost as much as any message.
    socket.on('ping', (data) => this.#admit(data.length));
    socket.on('pong', (data) => this.#admit(data.length));
    socket.on('error', (error) => this.#onSocketError(error));
    socket.on('close', (code) => this.#onClosed(code));
    metrics.connectionOpened('stream');
  }

  /** Whether a session was opened over this socket. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  send(message: ServerMessage): void {
    const { socket, context } = this.#options;
    if (this.#isClosing) return;
    socket.send(encodeMessage(message));
    if (socket.bufferedAmount > context.streamOptions.maximumBufferedBytes) this.#terminate('the client does not read');
  }

  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#options.socket.close(code, reason);
    this.#terminateLater();
  }

  credit(lengthSamples: number): void {
    this.#bytes.credit(lengthSamples * SAMPLE_BYTES);
    this.#messages.credit(lengthSamples / CHUNK_SAMPLES + CONTROL_MESSAGES_PER_CLIP);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!this.#admit(data.length)) return;
    try {
      if (isBinary) this.#receiveFrame(data);
      else this.#receiveText(data);
    } catch (error) {
      this.#answer(error);
    }
  }

  /** Counts what came in; too much of it closes the socket. */
  #admit(sizeBytes: number): boolean {
    if (this.#isClosing) return false;
    if (this.#messages.take(1) && this.#bytes.take(sizeBytes)) return true;
    this.#options.context.metrics.rejected('rate_limited');
    this.send(createErrorMessage('rate_limited', 'too many messages or bytes', { retryAfterMs: 1_000 }));
    this.close(4429, 'too many messages or bytes');
    return false;
  }

  #receiveFrame(data: Buffer): void {
    this.#readySession().receiveFrame(decodeAudioFrame(data));
  }

  #receiveText(data: Buffer): void {
    // Before the text is built. Only the first message, which must be a hello, may be a long one.
    const maximumBytes = this.#session === undefined ? MAX_HELLO_BYTES : MAX_CONTROL_BYTES;
    if (data.length > maximumBytes) {
      throw new ProtocolError('frame_too_large', `message must be at most ${maximumBytes} bytes of UTF-8, got ${data.length}`);
    }
    const message = parseClientMessage(data.toString('utf8'));
    switch (message.type) {
      case 'hello':
        this.#open(message);
        return;
      case 'ping':
        this.#readySession();
        this.send({ type: 'pong', edgeTimeMs: message.edgeTimeMs, serverTimeMs: this.#options.context.clock.wallMs() });
        return;
      default:
        this.#readySession().receive(message);
    }
  }

  #open(hello: ClientMessage & { readonly type: 'hello' }): void {
    if (this.#session !== undefined) throw new ProtocolError('bad_message', 'hello must be sent once per connection');
    this.#session = this.#options.context.registry.open(hello, this);
    this.#cancelHelloTimeout();
  }

  /** @throws {@link SessionError} `not_ready` before `hello`. */
  #readySession(): SpeechSession {
    if (this.#session === undefined) throw new SessionError('not_ready', 'hello must come first');
    if (!this.#isConfirmed) {
      this.#isConfirmed = true;
      this.#options.context.registry.confirm(this.#session);
    }
    return this.#session;
  }

  #answer(error: unknown): void {
    if (!(error instanceof SessionError || error instanceof ProtocolError)) {
      this.#fail(error);
      return;
    }
    this.#options.context.metrics.rejected(error.code);
    this.log.debug({ sessionId: this.#session?.id, code: error.code }, 'message refused');
    this.send(error instanceof SessionError ? errorMessage(error) : createErrorMessage(error.code, error.message));
    if (this.#session === undefined && error.code === 'overloaded') this.close(1013, 'the server has no room');
    if (this.#session === undefined && error.code === 'draining') this.close(1001, 'the server is shutting down');
    if (!this.#mistakes.take(1)) this.close(4400, 'too many bad messages');
  }

  /** The fault is ours: this session ends, every other one goes on. */
  #fail(error: unknown): void {
    this.log.error({ sessionId: this.#session?.id, err: error }, 'session failed');
    this.send(createErrorMessage('internal', 'the server failed', { retryAfterMs: 1_000 }));
    this.close(1011, 'the server failed');
    if (this.#session !== undefined) this.#options.context.registry.drop(this.#session);
  }

  #onSocketError(error: Error): void {
    // A frame over the limit, bad UTF-8, a broken pipe: the socket has already begun to close itself with the code that fits.
    this.log.debug({ sessionId: this.#session?.id, err: error }, 'socket error');
    this.#isClosing = true;
    this.#terminateLater();
  }

  #onClosed(code: number): void {
    const { context, onClosed } = this.#options;
    this.#isClosing = true;
    this.#cancelHelloTimeout();
    this.#cancelCloseTimeout?.();
    this.#heartbeat.stop();
    context.metrics.connectionClosed('stream', code);
    this.log.info({ sessionId: this.#session?.id, code }, 'connection closed');
    if (this.#session !== undefined) context.registry.leave(this.#session, this, code);
    onClosed(this);
  }

  #terminate(reason: string): void {
    this.#isClosing = true;
    this.log.warn({ sessionId: this.#session?.id, reason }, 'connection terminated');
    this.#options.socket.terminate();
  }

  #terminateLater(): void {
    this.#cancelCloseTimeout ??= this.#options.context.clock.schedule(CLOSE_GRACE_MS, () => this.#options.socket.terminate());
  }
}
