import {
  type AudioFrame,
  type ClientMessage,
  createErrorMessage,
  decodeAudioFrame,
  type EndMessage,
  encodeMessage,
  type FinalEndReason,
  type FinalMessage,
  MIN_CLIP_SAMPLES,
  PROTOCOL_NAME,
  parseClientMessage,
  placeFrame,
  type ServerMessage,
  type SessionGrant,
  type StartMessage,
} from '@outspoken/protocol';
import type { SessionRefusedError, Transport } from '../src/index.ts';
import { FakeLink } from './fake-link.ts';
import type { VirtualClock } from './virtual-clock.ts';

const LIMITS = { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5_000 };

interface ServerClip {
  readonly start: StartMessage;
  readonly samples: number[];
  end?: EndMessage;
  final?: FinalMessage;
  cancelTimers: () => void;
}

interface Session {
  readonly token: string;
  readonly clips: Map<string, ServerClip>;
  /** Clips whose late frames are ignored. */
  readonly refused: Set<string>;
  link?: FakeLink;
}

/** Faults that wait for their occasion. */
export interface Faults {
  busyStarts: number;
  busyEnds: number;
  failEnds: number;
  duplicateFinals: number;
  unreachable: number;
  refuse: SessionRefusedError[];
}

/** A server in memory that follows the protocol, writes down every breach of it by the client, and fails when told to. */
export class FakeServer {
  readonly faults: Faults = { busyStarts: 0, busyEnds: 0, failEnds: 0, duplicateFinals: 0, unreachable: 0, refuse: [] };
  readonly violations: string[] = [];
  readonly messages: ClientMessage[] = [];
  readonly frames: AudioFrame[] = [];
  readonly links: FakeLink[] = [];
  window: number;
  latencyMs = 5;
  decodeMs: () => number = () => 20;
  /** Whether ended clips are decoded; when not, finals wait for {@link decodeAll}. */
  isDecoding = true;
  #sessions = new Map<string, Session>();
  #tokens = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, window = 3) {
    this.#clock = clock;
    this.window = window;
  }

  get link(): FakeLink | undefined {
    return this.links.at(-1);
  }

  readonly requestSession = async (): Promise<SessionGrant> => {
    const refusal = this.faults.refuse.shift();
    if (refusal) throw refusal;
    if (this.faults.unreachable > 0) {
      this.faults.unreachable--;
      throw new TypeError('fetch failed');
    }
    return { ticket: 'ticket-ticket-ticket', expiresInMs: 60_000, streamPath: 'v1/stream', protocol: PROTOCOL_NAME, limits: LIMITS };
  };

  readonly openTransport = async (): Promise<Transport> => {
    const link = new FakeLink(this.#clock, this.latencyMs);
    this.links.push(link);
    let session: Session | undefined;
    link.onServerMessage = (data) => {
      if (typeof data !== 'string') {
        const frame = decodeAudioFrame(data);
        this.frames.push(frame);
        if (session) this.#receiveFrame(session, frame);
        else this.violations.push('frame before hello');
        return;
      }
      const message = parseClientMessage(data);
      this.messages.push(message);
      if (message.type === 'hello') session = this.#welcome(link, message.resumeToken);
      else if (session?.link === link) this.#receive(session, message);
      else if (!session) this.violations.push(`${message.type} before hello`);
    };
    link.onServerClose = () => {
      if (session?.link === link) delete session.link;
    };
    return link.transport;
  };

  /** Loses every session and every connection, as a killed process does. */
  restart(): void {
    for (const session of this.#sessions.values()) for (const clip of session.clips.values()) clip.cancelTimers();
    this.#sessions = new Map();
    this.link?.drop();
  }

  /** Decodes every ended clip that was held back. */
  decodeAll(): void {
    this.isDecoding = true;
    for (const session of this.#sessions.values()) {
      for (const clip of session.clips.values()) if (clip.end && !clip.final) this.#finish(session, clip, clip.end.reason);
    }
  }

  /** Sends a message as it is. */
  send(message: ServerMessage): void {
    this.link?.send(encodeMessage(message));
  }

  #reply(session: Session, message: ServerMessage): void {
    session.link?.send(encodeMessage(message));
  }

  #welcome(link: FakeLink, resumeToken: string | undefined): Session {
    const known = resumeToken === undefined ? undefined : this.#sessions.get(resumeToken);
    const session: Session = known ?? {
      token: `resume-token-${String(this.#tokens++).padStart(8, '0')}`,
      clips: new Map(),
      refused: new Set(),
    };
    this.#sessions.set(session.token, session);
    session.link = link;
    this.#reply(session, {
      type: 'welcome',
      sessionId: session.token,
      resumed: known !== undefined,
      resumeToken: session.token,
      resumeWindowMs: 60_000,
      window: this.window,
      limits: LIMITS,
      model: { id: 'fake' },
      serverTimeMs: this.#clock.wallClock() + 5000,
      clips: [...session.clips.values()].map(({ start, samples, end, final }) => ({
        clipId: start.clipId,
        receivedSamples: samples.length,
        state: end || final ? ('ended' as const) : ('open' as const),
      })),
    });
    for (const clip of session.clips.values()) if (clip.final) this.#reply(session, clip.final);
    return session;
  }

  #receive(session: Session, message: Exclude<ClientMessage, { type: 'hello' }>): void {
    switch (message.type) {
      case 'start':
        this.#start(session, message);
        break;
      case 'maybe_end': {
        const clip = this.#find(session, message.clipId, 'maybe_end');
        if (clip && clip.samples.length !== message.lengthSamples) this.violations.push('maybe_end with another length');
        break;
      }
      case 'end':
        this.#end(session, message);
        break;
      case 'cancel':
      case 'done':
        session.clips.get(message.clipId)?.cancelTimers();
        session.clips.delete(message.clipId);
        break;
      case 'ping':
        this.#reply(session, { type: 'pong', edgeTimeMs: message.edgeTimeMs, serverTimeMs: this.#clock.wallClock() + 5000 });
        break;
      case 'report':
        break;
      default:
        message satisfies never;
    }
  }

  #start(session: Session, start: StartMessage): void {
    const known = session.clips.get(start.clipId);
    if (known) {
      if (known.start.sequence !== start.sequence) this.violations.push('clip sent with another sequence');
      this.#reply(session, known.final ?? { type: 'accepted', clipId: start.clipId, sequence: start.sequence, predictedWaitMs: 0 });
      return;
    }
    session.refused.delete(start.clipId);
    if (this.faults.busyStarts > 0) {
      this.faults.busyStarts--;
      this.#refuse(session, start.clipId, { type: 'busy', clipId: start.clipId, retryAfterMs: 300 });
      return;
    }
    const clip: ServerClip = { start, samples: [], cancelTimers: () => {} };
    session.clips.set(start.clipId, clip);
    let unfinished = 0;
    for (const other of session.clips.values()) if (!other.final) unfinished++;
    if (unfinished > this.window) this.violations.push(`${unfinished} unfinished clips in a window of ${this.window}`);
    this.#watch(session, clip);
    this.#reply(session, { type: 'accepted', clipId: start.clipId, sequence: start.sequence, predictedWaitMs: 0 });
  }

  #receiveFrame(session: Session, frame: AudioFrame): void {
    const clip = this.#find(session, frame.clipId, 'frame');
    if (!clip) return;
    const skip = placeFrame(clip.samples.length, frame);
    if (clip.end) this.violations.push('frame after end');
    else if (skip === 'gap') this.violations.push('gap between frames');
    else {
      const view = new DataView(frame.payload.buffer, frame.payload.byteOffset, frame.payload.byteLength);
      for (let index = skip; index < frame.sampleCount; index++) clip.samples.push(view.getInt16(index * 2, true));
      this.#watch(session, clip);
    }
  }

  #end(session: Session, end: EndMessage): void {
    const clip = this.#find(session, end.clipId, 'end');
    if (!clip || clip.end) return;
    if (clip.samples.length !== end.lengthSamples) this.violations.push('end with another length');
    if (end.lengthSamples < MIN_CLIP_SAMPLES) {
      this.#refuse(session, end.clipId, createErrorMessage('clip_too_short', 'too short', { clipId: end.clipId }));
    } else if (this.faults.busyEnds > 0) {
      this.faults.busyEnds--;
      this.#refuse(session, end.clipId, { type: 'busy', clipId: end.clipId, retryAfterMs: 700 });
    } else if (this.faults.failEnds > 0) {
      this.faults.failEnds--;
      this.#refuse(session, end.clipId, createErrorMessage('deadline_exceeded', 'late', { clipId: end.clipId }));
    } else {
      clip.end = end;
      clip.cancelTimers();
      if (this.isDecoding) clip.cancelTimers = this.#clock.setTimer(() => this.#finish(session, clip, end.reason), this.decodeMs());
    }
  }

  #refuse(session: Session, clipId: string, message: ServerMessage): void {
    session.clips.get(clipId)?.cancelTimers();
    session.clips.delete(clipId);
    session.refused.add(clipId);
    this.#reply(session, message);
  }

  #find(session: Session, clipId: string, what: string): ServerClip | undefined {
    const clip = session.clips.get(clipId);
    if (clip?.final || session.refused.has(clipId)) return undefined;
    if (!clip) this.violations.push(`${what} for an unknown clip`);
    return clip;
  }

  #watch(session: Session, clip: ServerClip): void {
    clip.cancelTimers();
    clip.cancelTimers = this.#clock.setTimer(() => this.#finish(session, clip, 'stalled'), LIMITS.stallMs);
  }

  #finish(session: Session, clip: ServerClip, endReason: FinalEndReason): void {
    clip.cancelTimers();
    const { clipId, sequence, startMs } = clip.start;
    // Too little to decode covers nothing, so that the client sends it again with what follows.
    const receivedSamples = clip.samples.length < MIN_CLIP_SAMPLES ? 0 : clip.samples.length;
    clip.final = {
      type: 'final',
      clipId,
      sequence,
      text: fingerprint(clip.samples.slice(0, receivedSamples)),
      guards: [],
      words: [],
      confidence: 1,
      noSpeechProbability: 0,
      startMs,
      endMs: startMs + receivedSamples / 16,
      receivedSamples,
      endReason,
      continues: clip.end?.continues ?? false,
      attempt: 1,
      timings: { queueMs: 0, encoderMs: 0, decoderMs: 0, serverMs: 0 },
      model: 'fake',
      clipPolicyId: `sha256:${'0'.repeat(64)}`,
    };
    this.#reply(session, clip.final);
    if (this.faults.duplicateFinals > 0) {
      this.faults.duplicateFinals--;
      this.#reply(session, clip.final);
    }
  }
}

/** A short text that only the same audio has. */
export function fingerprint(samples: ArrayLike<number>): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < samples.length; index++) hash = Math.imul(hash ^ (samples[index]! & 0xffff), 0x01000193);
  return `${samples.length} samples ${hash >>> 0}`;
}
