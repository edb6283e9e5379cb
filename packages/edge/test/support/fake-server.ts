import { type AudioFrame, type ClientMessage, decodeAudioFrame, type FinalMessage, parseClientMessage } from '@outspoken/protocol';
import { FakeSocket } from './fake-socket.ts';

const LIMITS = { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5000 };

/** A server of asr.v1 in memory: grants sessions, checks what it gets against the schema, and answers each clip. */
export class FakeServer {
  readonly messages: ClientMessage[] = [];
  readonly frames: AudioFrame[] = [];
  readonly sockets: FakeSocket[] = [];
  /** What `POST v1/sessions` answers instead of a grant. */
  refusal: (() => Response) | undefined;
  /** Whether finals are sent. */
  doesAnswer = true;

  /** To be given as the constructor of sockets. */
  readonly Socket: new (
    url: URL,
    protocols: string[],
  ) => WebSocket;

  constructor() {
    const accept = (socket: FakeSocket): void => this.#accept(socket);
    this.Socket = class extends FakeSocket {
      constructor(url: URL, protocols: string[]) {
        super(url, protocols);
        accept(this);
      }
    } as unknown as new (
      url: URL,
      protocols: string[],
    ) => WebSocket;
  }

  /** The answer to `POST v1/sessions`. */
  grant(): Response {
    const body = { ticket: 'abcdefghijklmnop', expiresInMs: 30_000, streamPath: 'v1/stream', protocol: 'asr.v1', limits: LIMITS };
    return this.refusal?.() ?? new Response(JSON.stringify(body), { status: 201 });
  }

  ofType<Type extends ClientMessage['type']>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    return this.messages.filter((message): message is Extract<ClientMessage, { type: Type }> => message.type === type);
  }

  #accept(socket: FakeSocket): void {
    this.sockets.push(socket);
    socket.onSend = (data) => queueMicrotask(() => this.#read(socket, data));
    queueMicrotask(() => socket.open());
  }

  #read(socket: FakeSocket, data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.frames.push(decodeAudioFrame(data));
      return;
    }
    const message = parseClientMessage(data);
    this.messages.push(message);
    if (message.type === 'hello') {
      socket.receive(JSON.stringify(this.#welcome()));
    }
    if (message.type === 'end' && this.doesAnswer) {
      const start = this.ofType('start').find(({ clipId }) => clipId === message.clipId)!;
      socket.receive(JSON.stringify(final(message, start)));
    }
  }

  #welcome(): object {
    return {
      type: 'welcome',
      sessionId: 'session',
      resumed: false,
      resumeToken: 'abcdefghijklmnop',
      resumeWindowMs: 60_000,
      window: 8,
      limits: LIMITS,
      model: { id: 'fake' },
      serverTimeMs: 1_700_000_000_000,
      clips: [],
    };
  }
}

function final(end: Extract<ClientMessage, { type: 'end' }>, start: Extract<ClientMessage, { type: 'start' }>): FinalMessage {
  return {
    type: 'final',
    clipId: end.clipId,
    sequence: start.sequence,
    text: `clip ${start.sequence}`,
    guards: [],
    words: [],
    confidence: 0.9,
    noSpeechProbability: 0.01,
    startMs: start.startMs,
    endMs: start.startMs + end.lengthSamples / 16,
    receivedSamples: end.lengthSamples,
    endReason: end.reason,
    continues: end.continues,
    attempt: 1,
    timings: { queueMs: 0, encoderMs: 1, decoderMs: 1, serverMs: 2 },
    model: 'fake',
    clipPolicyId: `sha256:${'0'.repeat(64)}`,
  };
}
