import {
  type AudioFrame,
  type ClientMessage,
  decodeAudioFrame,
  encodeMessage,
  type HelloMessage,
  PROTOCOL_NAME,
  parseClientMessage,
  type ServerMessage,
  type WelcomeMessage,
} from '@outspoken/protocol';
import { Connection, type ConnectionOptions, type SessionMessage } from '../src/connection.ts';
import type { ClientError, Transport } from '../src/index.ts';
import { FakeLink } from './fake-link.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A greeting with nothing special in it. */
export const HELLO: HelloMessage = {
  type: 'hello',
  protocol: PROTOCOL_NAME,
  sdk: { name: 'test', version: '0' },
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  clipPolicyId: `sha256:${'0'.repeat(64)}`,
  wantsInterims: true,
  edgeTimeMs: 0,
};

/** A welcome to a new session. */
export const WELCOME: WelcomeMessage = {
  type: 'welcome',
  sessionId: 'session',
  resumed: false,
  resumeToken: 'resume-token-00000000',
  resumeWindowMs: 60_000,
  window: 3,
  limits: { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5000 },
  model: { id: 'fake' },
  serverTimeMs: 0,
  clips: [],
};

/** A UUID that differs by a number below ten. */
export const clipIdOf = (digit: number) => `01900000-0000-7000-8000-00000000000${digit}`;

/** A connection whose server is the test: everything sent is written down at once, in order, and the test says what comes back. */
export function setUpConnection(options: Partial<ConnectionOptions> = {}, latencyMs = 0) {
  const clock = new VirtualClock();
  const link = new FakeLink(clock, latencyMs);
  const messages: ClientMessage[] = [];
  const frames: AudioFrame[] = [];
  const lines: string[] = [];
  const sent: { readonly bytes: number; readonly resentBytes: number }[] = [];
  const received: SessionMessage[] = [];
  const welcomes: WelcomeMessage[] = [];
  const problems: ClientError[] = [];
  const record = (data: string | Uint8Array): void => {
    if (typeof data === 'string') {
      const message = parseClientMessage(data);
      messages.push(message);
      lines.push(message.type);
    } else {
      const frame = decodeAudioFrame(data);
      frames.push(frame);
      lines.push(`frame ${frame.chunkSequence}: ${frame.offsetSamples}+${frame.sampleCount}`);
    }
  };
  const transport: Transport = {
    send: (data) => {
      record(data);
      link.transport.send(data);
    },
    close: (code, reason) => link.transport.close(code, reason),
    get bufferedBytes() {
      return link.transport.bufferedBytes;
    },
    messages: link.transport.messages,
    closed: link.transport.closed,
  };
  const connection = new Connection({
    transport,
    clock,
    hello: HELLO,
    welcomeTimeoutMs: 1000,
    pingIntervalMs: 15_000,
    deadAfterMs: 30_000,
    onWelcome: (welcome) => welcomes.push(welcome),
    onMessage: (message) => received.push(message),
    onProblem: (error) => problems.push(error),
    onSent: (bytes, resentBytes) => sent.push({ bytes, resentBytes }),
    ...options,
  });
  const say = (message: ServerMessage): void => link.send(encodeMessage(message));
  /** What was sent since the last call, one line for each message. */
  const takeLines = () => lines.splice(0);
  return { clock, link, connection, messages, frames, sent, received, welcomes, problems, say, takeLines };
}
