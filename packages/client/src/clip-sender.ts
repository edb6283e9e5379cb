import {
  type CancelReason,
  type ClipState,
  createUuidV7,
  type ErrorMessage,
  encodeMessage,
  type FinalMessage,
  isInFlight,
  MIN_CLIP_SAMPLES,
  MIN_LEVEL_DBFS,
  type WelcomeMessage,
} from '@outspoken/protocol';
import { backoffDelayMs } from './backoff.ts';
import { ClientError } from './client-error.ts';
import type { ClientEventMap, Emit } from './client-events.ts';
import { startMessage, writeClip } from './clip-writer.ts';
import { Alarm } from './clock.ts';
import type { Connection, SessionMessage } from './connection.ts';
import { type ResolvedOptions, SAMPLE_RATE_HZ } from './options.ts';
import { Outbox } from './outbox.ts';
import { CLIP_OVERHEAD_BYTES, type ClipBeginning, type ClipEnd, type ClipPause, OutgoingClip } from './outgoing-clip.ts';

const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;
/** A transport does not say when its buffer empties, so that it is looked at again after this time. */
const BUFFER_POLL_MS = 50;

/** What a {@link ClipSender} tells. */
export interface ClipSenderOptions {
  readonly settings: ResolvedOptions;
  readonly emit: Emit;
  /** The outbox has become empty. */
  readonly onDrained: () => void;
  /** The server does not know our session any more. */
  readonly onSessionExpired: () => void;
}

/** Brings clips to the server and each to its one end: keeps them, sends them within the window, and sends them again. */
export class ClipSender {
  readonly #options: ClipSenderOptions;
  readonly #outbox: Outbox;
  readonly #alarm: Alarm;
  readonly #outgoingEvents: (() => void)[] = [];
  #connection: Connection | undefined;
  #window = 0;
  /** The server takes no new clip on this connection. */
  #isDraining = false;
  #drainRetryAfterMs = 0;
  #nextSequence = 0;
  #isPumping = false;

  constructor(options: ClipSenderOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.settings.outboxMaxBytes);
    this.#alarm = new Alarm(options.settings.clock, () => this.pump());
  }

  get stats(): { readonly clips: Readonly<Record<ClipState, number>>; readonly outboxBytes: number } {
    return { clips: this.#outbox.counts(), outboxBytes: this.#outbox.sizeBytes };
  }

  get clipCount(): number {
    return this.#outbox.clipCount;
  }

  /** Uses a new connection: goes on where the server stands, and queues the rest again. */
  attach(connection: Connection, welcome: WelcomeMessage): void {
    this.#connection = connection;
    this.#window = welcome.window;
    this.#isDraining = false;
    for (const known of welcome.clips) {
      const clip = this.#outbox.get(known.clipId);
      // A clip that was cancelled or given up while we were away.
      if (!clip) connection.send({ type: 'cancel', clipId: known.clipId, reason: 'user' });
      else if (clip.apply('send')) {
        clip.apply('accepted');
        clip.resume(known.receivedSamples, known.state === 'ended');
      }
    }
    this.pump();
  }

  /** The connection is gone: what was in flight waits in the outbox again. */
  detach(): void {
    this.#connection = undefined;
    for (const clip of this.#outbox.values()) {
      clip.apply('disconnected');
      clip.rewind();
    }
    this.pump();
  }

  /** The wait that `going_away` asked for, once. */
  takeRetryAfterMs(): number {
    const retryAfterMs = this.#drainRetryAfterMs;
    this.#drainRetryAfterMs = 0;
    return retryAfterMs;
  }

  /**
   * Puts a new clip into the outbox.
   *
   * @throws ProtocolError when a time does not fit the schema: here, where the mistake is, and not when the clip is sent.
   */
  open(beginning: Omit<ClipBeginning, 'clipId' | 'sequence' | 'createdAtMs'> & { readonly createdAtMs?: number }): OutgoingClip {
    const { clock } = this.#options.settings;
    const clip = new OutgoingClip({
      createdAtMs: clock.now(),
      ...beginning,
      clipId: createUuidV7(clock.wallClock()),
      sequence: this.#nextSequence++,
    });
    encodeMessage(startMessage(clip));
    this.#makeRoom(CLIP_OVERHEAD_BYTES);
    this.#outbox.add(clip);
    return clip;
  }

  /** Adds audio to a clip; older clips are evicted when the outbox is full, and in the end this one. */
  append(clip: OutgoingClip, samples: Int16Array): void {
    if (clip.isFinished || clip.end || samples.length === 0) return;
    const { clipId, startMs, continuesClipId, isRest } = clip.beginning;
    this.#makeRoom(samples.length * 2);
    // Unless making room evicted this very clip.
    if (!clip.isFinished) {
      if (isRest && continuesClipId !== undefined && clip.audio.lengthSamples === 0) {
        this.#emit('continued', { clipId, continuesClipId, startMs });
      }
      this.#outbox.append(clip, samples);
      clip.pause = undefined;
    }
    this.pump();
  }

  /**
   * Says that the clip may be over as it stands.
   *
   * @throws ProtocolError when a figure does not fit the schema.
   */
  maybeEnd(clip: OutgoingClip, pause: ClipPause): void {
    if (clip.isFinished || clip.end || clip.audio.lengthSamples === 0) return;
    encodeMessage({ type: 'maybe_end', clipId: clip.clipId, lengthSamples: 0, ...pause });
    clip.pause = pause;
    this.pump();
  }

  /**
   * Closes a clip.
   *
   * @throws ProtocolError when a figure does not fit the schema.
   */
  close(clip: OutgoingClip, clipEnd: ClipEnd): void {
    if (clip.isFinished || clip.end) return;
    const { reason, continues, evidence } = clipEnd;
    const end: ClipEnd = { reason, continues, evidence, levelDbfs: Math.max(MIN_LEVEL_DBFS, clipEnd.levelDbfs) };
    encodeMessage({ type: 'end', clipId: clip.clipId, lengthSamples: 0, ...end });
    const lengthSamples = clip.audio.lengthSamples;
    if (lengthSamples === 0) {
      this.#settle(clip, clip.beginning.isRest ? 'cancel' : 'rejected', 'clip_too_short', 'the clip has no audio');
    } else {
      // The rest of a stalled clip may be shorter than a server accepts: silence completes it, so that nothing said is lost.
      if (clip.beginning.isRest && lengthSamples < MIN_CLIP_SAMPLES) this.append(clip, new Int16Array(MIN_CLIP_SAMPLES - lengthSamples));
      clip.end = end;
    }
    this.pump();
  }

  /** Gives a clip up on request; it gets no event. */
  cancel(clip: OutgoingClip, reason: CancelReason): void {
    if (clip.isFinished) return;
    this.#tellCancelled(clip, reason);
    this.#settle(clip, 'cancel');
    this.pump();
  }

  /** Gives up every clip, because the client closes; clips that nobody ended are cancelled, for the others there is an event. */
  abandon(which: 'open' | 'all'): void {
    for (const clip of this.#outbox.values()) {
      if (which === 'open' && clip.end) continue;
      this.#tellCancelled(clip, 'user');
      if (clip.end) this.#settle(clip, 'rejected', 'client_closed', 'the client was closed before the final came');
      else this.#settle(clip, 'cancel');
    }
    this.pump();
  }

  /** Acts on a message of the server. */
  handle(message: SessionMessage): void {
    switch (message.type) {
      case 'accepted':
        this.#outbox.get(message.clipId)?.apply('accepted');
        break;
      case 'busy':
        this.#delay(message.clipId, message.retryAfterMs);
        break;
      case 'interim':
        if (this.#outbox.get(message.clipId)) this.#emit('interim', message);
        break;
      case 'final':
        this.#finish(message);
        break;
      case 'error':
        this.#fail(message);
        break;
      case 'going_away':
        this.#isDraining = true;
        this.#drainRetryAfterMs = message.retryAfterMs;
        break;
      default:
        message satisfies never;
    }
    this.pump();
  }

  /** Sends what may be sent, gives up what is too old, and fires the events that this caused. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      // A listener may call back into the client; what it changes is seen by the next turn.
      do {
        this.#flushEvents();
        this.#setAlarm(this.#expire(), this.#sendAll());
      } while (this.#outgoingEvents.length > 0);
    } finally {
      this.#isPumping = false;
    }
    if (this.#outbox.clipCount === 0) this.#options.onDrained();
  }

  #emit<K extends keyof ClientEventMap>(type: K, detail: ClientEventMap[K]): void {
    this.#outgoingEvents.push(() => this.#options.emit(type, detail));
  }

  #flushEvents(): void {
    for (let fire = this.#outgoingEvents.shift(); fire; fire = this.#outgoingEvents.shift()) fire();
  }

  #sendAll(): 'sent' | 'full' {
    let inFlight = 0;
    for (const clip of this.#outbox.values()) if (isInFlight(clip.state)) inFlight++;
    for (const clip of this.#outbox.values()) {
      if (!this.#connection) return 'sent';
      if (clip.state === 'BACKOFF' && this.#options.settings.clock.now() >= clip.retryAtMs) clip.apply('retry_due');
      if (clip.state === 'CAPTURED') {
        if (this.#isDraining || inFlight >= this.#window || clip.audio.lengthSamples === 0) continue;
        clip.apply('send');
        inFlight++;
      }
      if (isInFlight(clip.state) && !writeClip(clip, this.#connection, this.#options.settings.maxBufferedBytes)) return 'full';
    }
    return 'sent';
  }

  #finish(message: FinalMessage): void {
    const clip = this.#outbox.get(message.clipId);
    if (clip) {
      this.#settle(clip, 'final');
      this.#emit('final', message);
      this.#continueAfter(clip, message.receivedSamples);
      // The app has seen the final before the server may forget it.
      this.#flushEvents();
    }
    this.#connection?.send({ type: 'done', clipId: message.clipId });
  }

  /** Moves audio that the final does not cover into a new clip: the server closed the old one as stalled. */
  #continueAfter(clip: OutgoingClip, receivedSamples: number): void {
    const restSamples = clip.audio.lengthSamples - receivedSamples;
    if (restSamples <= 0 && clip.end) return;
    const { startMs, preRollMs, createdAtMs } = clip.beginning;
    const receivedMs = Math.min(receivedSamples, clip.audio.lengthSamples) / SAMPLES_PER_MS;
    const rest = this.open({
      startMs: startMs + receivedMs,
      preRollMs: Math.max(0, preRollMs - receivedMs),
      continuesClipId: clip.clipId,
      isRest: true,
      // The audio is as old as it was.
      createdAtMs,
    });
    clip.successor = rest;
    if (restSamples > 0) this.append(rest, clip.audio.read(receivedSamples, restSamples));
    if (clip.end) this.close(rest, clip.end);
  }

  #fail(message: ErrorMessage): void {
    if (message.clipId === undefined) {
      if (message.code === 'session_expired') this.#options.onSessionExpired();
      this.#emit('error', new ClientError(message.code, message.message));
      return;
    }
    if (message.retryable) {
      this.#delay(message.clipId, message.retryAfterMs);
      return;
    }
    const clip = this.#outbox.get(message.clipId);
    if (clip) this.#settle(clip, 'rejected', message.code, message.message);
  }

  /** The server forgot the clip: it is sent again whole after a wait. */
  #delay(clipId: string, retryAfterMs: number | undefined): void {
    const clip = this.#outbox.get(clipId);
    if (!clip?.apply('retry')) return;
    const { clock, backoff, random } = this.#options.settings;
    clip.retryAtMs = clock.now() + (retryAfterMs ?? backoffDelayMs(clip.refusals, backoff, random));
    clip.refusals++;
    clip.rewind();
  }

  #makeRoom(bytes: number): void {
    for (let clip = this.#outbox.nextToEvict(bytes); clip; clip = this.#outbox.nextToEvict(bytes)) this.#evict(clip);
  }

  #evict(clip: OutgoingClip): void {
    this.#tellCancelled(clip, 'expired');
    this.#settle(clip, 'evict', 'clip_evicted', 'the outbox was full');
  }

  /** Gives up clips that are too old; returns when the next one will be. */
  #expire(): number {
    const { clock, clipTtlMs } = this.#options.settings;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const clip of this.#outbox.values()) {
      const expiresAtMs = clip.beginning.createdAtMs + clipTtlMs;
      if (expiresAtMs <= clock.now()) {
        this.#tellCancelled(clip, 'expired');
        this.#settle(clip, 'expire', 'clip_expired', 'no final came in time');
      } else {
        nextMs = Math.min(nextMs, expiresAtMs);
      }
    }
    return nextMs;
  }

  #setAlarm(nextExpiryMs: number, transport: 'sent' | 'full'): void {
    let nextMs = nextExpiryMs;
    if (this.#connection) {
      if (transport === 'full') nextMs = Math.min(nextMs, this.#options.settings.clock.now() + BUFFER_POLL_MS);
      for (const clip of this.#outbox.values()) if (clip.state === 'BACKOFF') nextMs = Math.min(nextMs, clip.retryAtMs);
    }
    this.#alarm.set(nextMs);
  }

  #tellCancelled(clip: OutgoingClip, reason: CancelReason): void {
    if (clip.isStarted && isInFlight(clip.state)) this.#connection?.send({ type: 'cancel', clipId: clip.clipId, reason });
  }

  /** Ends a clip, and tells the app when there is something to tell. */
  #settle(clip: OutgoingClip, event: 'final' | 'rejected' | 'cancel' | 'expire' | 'evict', code?: string, message?: string): void {
    if (!clip.apply(event)) return;
    this.#outbox.remove(clip);
    if (event !== 'cancel' && code !== undefined && message !== undefined) this.#emit('rejected', { clipId: clip.clipId, code, message });
  }
}
