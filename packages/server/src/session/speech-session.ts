import type { AudioFrame, ClientMessage, EndMessage, HelloMessage, ServerMessage, StartMessage } from '@outspoken/protocol';
import { type TextFormat, textFormat } from '@outspoken/text';
import { BoundedSet } from './bounded-set.ts';
import { type ObservationContext, recognizedObservation, unrecognizedObservation } from './clip-observation.ts';
import { EdgeReport } from './edge-report.ts';
import { nothingMessage, recognizedMessage } from './final-message.ts';
import { DEFAULT_RETRY_MS } from './recognition-failure.ts';
import { ResultStore, type StoredResult } from './result-store.ts';
import { SessionError } from './session-error.ts';
import { answeredClip, errorMessage, knownClip, sessionLimits } from './session-messages.ts';
import type { SessionLogger, SessionServices } from './session-services.ts';
import { formatTranscript } from './transcript-text.ts';
import { Utterance, type UtteranceResult } from './utterance.ts';

/** Clips that were refused, cancelled or done: what of them is still on its way is dropped without a word. */
const FORGOTTEN_CLIPS = 256;

/** The way to a client, as long as it is connected. */
export interface SessionConnection {
  /** Log whose lines name the request that the connection came by. */
  readonly log: SessionLogger;
  send(message: ServerMessage): void;
  close(code: number, reason: string): void;
  /** A clip of this length has left the server's hands: its cost no longer counts against the connection. */
  credit(lengthSamples: number): void;
}

/** Messages that a session takes; the connection itself answers `hello` and `ping`. */
export type SessionMessage = Exclude<ClientMessage, { type: 'hello' | 'ping' }>;

/** What a {@link SpeechSession} is made of. */
export interface SpeechSessionOptions {
  readonly id: string;
  readonly services: SessionServices;
  /** Whether new clips are refused because the server is shutting down. */
  readonly isDraining: () => boolean;
  /** Called when the last clip in flight is finished, or the client has gone. */
  readonly onIdle: () => void;
  /** Called when the session itself failed; it cannot go on. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The server's state for one client: its clips in flight and the results it has not yet confirmed. It outlives its connections.
 *
 * Mistakes of the client are thrown as {@link SessionError}, for the connection to answer and count; everything else is sent.
 */
export class SpeechSession {
  readonly id: string;
  readonly #options: SpeechSessionOptions;
  readonly #services: SessionServices;
  readonly #utterances = new Map<string, Utterance>();
  readonly #results: ResultStore;
  readonly #forgotten = new BoundedSet(FORGOTTEN_CLIPS);
  readonly #edgeReport: EdgeReport;
  #connection: SessionConnection | undefined;
  #hello: HelloMessage | undefined;
  #log: SessionLogger;
  #detachedMs: number;

  constructor(options: SpeechSessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#services = options.services;
    this.#log = options.services.log;
    this.#results = new ResultStore(this.#services.options.maximumResults);
    this.#detachedMs = this.#services.clock.nowMs();
    this.#edgeReport = new EdgeReport(this.#detachedMs);
  }

  get isAttached(): boolean {
    return this.#connection !== undefined;
  }

  /** When the client was last connected, in monotonic milliseconds; meaningless while it is. */
  get detachedMs(): number {
    return this.#detachedMs;
  }

  /** Log of the last connection. */
  get log(): SessionLogger {
    return this.#log;
  }

  /** Clips without a result. */
  get clipsInFlight(): number {
    return this.#utterances.size;
  }

  /** The client is there, for the first time or again: it is welcomed, and what it has not confirmed is sent once more. */
  attach(connection: SessionConnection, hello: HelloMessage, resume: { readonly isResumed: boolean; readonly resumeToken: string }): void {
    this.#connection?.close(4409, 'replaced by a newer connection');
    this.#connection = connection;
    this.#hello = hello;
    this.#log = connection.log;
    const { clock, options, model } = this.#services;
    const { id, version, family } = model();
    connection.send({
      type: 'welcome',
      sessionId: this.id,
      resumed: resume.isResumed,
      resumeToken: resume.resumeToken,
      resumeWindowMs: options.resumeWindowMs,
      window: options.windowClips,
      limits: sessionLimits(options),
      model: { id, version, family },
      serverTimeMs: clock.wallMs(),
      clips: [...[...this.#results.values()].map(answeredClip), ...[...this.#utterances.values()].map(knownClip)],
    });
    for (const utterance of this.#utterances.values()) utterance.resume();
    for (const result of this.#results.values()) connection.send(result.message);
  }

  /** A connection has gone. @returns `false` if another one had taken its place: then nothing changes. */
  detach(connection: SessionConnection): boolean {
    if (this.#connection !== connection) return false;
    this.#connection = undefined;
    this.#detachedMs = this.#services.clock.nowMs();
    for (const utterance of this.#utterances.values()) utterance.pause();
    this.#options.onIdle();
    return true;
  }

  /** Tells the client that the server is shutting down. */
  goAway(retryAfterMs: number): void {
    this.#connection?.send({ type: 'going_away', reason: 'draining', retryAfterMs });
  }

  /** Closes the connection, if there is one. */
  disconnect(code: number, reason: string): void {
    this.#connection?.close(code, reason);
  }

  /** Takes a control message. @throws {@link SessionError} for a mistake of the client. */
  receive(message: SessionMessage): void {
    switch (message.type) {
      case 'start':
        this.#start(message);
        return;
      case 'maybe_end':
        this.#attempt(message.clipId, (utterance) => utterance.maybeEnd(message));
        return;
      case 'end':
        this.#end(message);
        return;
      case 'cancel':
        this.#cancel(message.clipId);
        return;
      case 'done':
        this.#results.delete(message.clipId);
        if (!this.#utterances.has(message.clipId)) this.#forgotten.add(message.clipId);
        return;
      case 'report': {
        const usage = this.#edgeReport.advance(message, this.#services.clock.nowMs());
        if (usage !== undefined) this.#services.metrics.edgeReported(usage);
        return;
      }
      default:
        message satisfies never;
    }
  }

  /** Takes audio. @throws {@link SessionError} for a mistake of the client. */
  receiveFrame(frame: AudioFrame): void {
    if (this.#results.get(frame.clipId) !== undefined) this.#results.write(frame);
    else this.#attempt(frame.clipId, (utterance) => utterance.write(frame));
  }

  /** Gives up every clip; the session is over. */
  close(): void {
    for (const utterance of this.#utterances.values()) this.#drop(utterance);
  }

  #start(message: StartMessage): void {
    const { clipId } = message;
    const known = this.#utterances.get(clipId)?.start ?? this.#results.get(clipId)?.start;
    if (known !== undefined) {
      this.#startAgain(message, known);
      return;
    }
    const { options, scheduler } = this.#services;
    if (this.#utterances.size >= options.windowClips) {
      this.#forgotten.add(clipId);
      this.#services.metrics.requestFinished('stream', 'rejected');
      throw new SessionError('window_exceeded', `at most ${options.windowClips} clips may be unfinished`, {
        clipId,
        retryAfterMs: DEFAULT_RETRY_MS,
      });
    }
    const admission = this.#options.isDraining()
      ? { admitted: false as const, reason: 'draining' as const, retryAfterMs: DEFAULT_RETRY_MS }
      : scheduler.admit(options.typicalClipMs, 'final', this.id);
    if (!admission.admitted) {
      this.#refuse(clipId, admission.reason, admission.retryAfterMs);
      return;
    }
    this.#forgotten.delete(clipId);
    this.#utterances.set(clipId, this.#createUtterance(message));
    this.#accept(message, admission.predictedWaitMs);
  }

  /** A clip that is known is sent again: after a drop, or because a mistake gave it a used id. */
  #startAgain(message: StartMessage, known: StartMessage): void {
    const { clipId } = message;
    if (known.sequence !== message.sequence || known.startMs !== message.startMs) {
      throw new SessionError('clip_conflict', 'this clipId belongs to another clip of the session', { clipId });
    }
    const result = this.#results.get(clipId);
    if (result === undefined) {
      const { scheduler, options } = this.#services;
      this.#accept(message, scheduler.predictedWaitMs(options.typicalClipMs, this.id));
      return;
    }
    this.#results.reopen(clipId);
    this.#send(result.message);
  }

  #createUtterance(start: StartMessage): Utterance {
    const { clipId } = start;
    // The one of its start: what was redacted when it was said stays so, whatever a later connection asks for.
    const format = textFormat(this.#hello?.format);
    return new Utterance({
      services: this.#services,
      start,
      key: `${this.id}/${clipId}`,
      tenant: this.id,
      wantsInterims: () => this.#hello?.wantsInterims === true && this.#connection !== undefined,
      format,
      keywords: this.#hello?.keywords,
      onInterim: (revision, text) => this.#guard(() => this.#send({ type: 'interim', clipId, revision, text })),
      onSettled: (result) => this.#guard(() => this.#settle(start, result, format)),
    });
  }

  #end(message: EndMessage): void {
    const { clipId, lengthSamples } = message;
    if (this.#results.isConflict(clipId, lengthSamples)) {
      throw new SessionError('clip_conflict', 'this clipId was used before for other audio', { clipId });
    }
    if (this.#results.get(clipId) === undefined) this.#attempt(clipId, (utterance) => utterance.end(message));
  }

  #cancel(clipId: string): void {
    const utterance = this.#utterances.get(clipId);
    if (utterance !== undefined) this.#drop(utterance);
    this.#results.delete(clipId);
    this.#forgotten.add(clipId);
    this.#options.onIdle();
  }

  /** Does something to a clip in flight; silent for a clip that is over, an error for one that never was. */
  #attempt(clipId: string, action: (utterance: Utterance) => void): void {
    const utterance = this.#utterances.get(clipId);
    if (utterance === undefined) {
      if (this.#forgotten.has(clipId) || this.#results.get(clipId) !== undefined) return;
      // Said once: the rest of the clip is probably on its way.
      this.#forgotten.add(clipId);
      throw new SessionError('unknown_clip', 'this clip was not started in this session', { clipId });
    }
    try {
      action(utterance);
    } catch (error) {
      if (error instanceof SessionError && error.endsClip) {
        this.#observe(utterance.receivedSamples, 'failed');
        utterance.discard();
        this.#conclude(utterance.start, error);
        this.#options.onIdle();
      }
      throw error;
    }
  }

  #settle(start: StartMessage, result: UtteranceResult, format: TextFormat): void {
    const context = { start, modelId: this.#services.model().id, clipPolicyId: this.#hello?.clipPolicyId ?? '' };
    switch (result.type) {
      case 'recognized':
        this.#services.metrics.clipFinished(recognizedObservation(result, this.#observed()));
        this.#deliver({ start, message: recognizedMessage(written(result, format), context), digest: result.digest });
        break;
      case 'nothing':
        this.#observe(0, 'stalled');
        this.#deliver({ start, message: nothingMessage(result.end, context) });
        break;
      case 'failed':
        this.#fail(start, result.error);
        break;
      default:
        result satisfies never;
    }
    this.#options.onIdle();
  }

  #deliver(result: StoredResult & { readonly message: { readonly type: 'final' } }): void {
    const { clipId } = result.start;
    this.#utterances.delete(clipId);
    this.#results.add(result);
    this.#send(result.message);
    this.#connection?.credit(result.message.receivedSamples);
    const { startMs, endMs, timings, attempt, endReason } = result.message;
    this.#log.debug({ sessionId: this.id, clipId, durationMs: endMs - startMs, ...timings, attempt, endReason }, 'clip finished');
  }

  #fail(start: StartMessage, error: SessionError): void {
    const { clipId } = start;
    this.#connection?.credit(this.#utterances.get(clipId)?.receivedSamples ?? 0);
    if (error.code === 'overloaded' || error.code === 'draining') {
      this.#utterances.delete(clipId);
      this.#refuse(clipId, error.code, error.retryAfterMs ?? DEFAULT_RETRY_MS);
      return;
    }
    this.#observe(0, 'failed');
    this.#services.metrics.rejected(error.code);
    this.#log.warn({ sessionId: this.id, clipId, code: error.code, err: error.cause }, 'clip failed');
    this.#conclude(start, error);
    this.#send(errorMessage(error));
  }

  /** A clip is over with an error: one that may be tried again is forgotten, any other answer stands. */
  #conclude(start: StartMessage, error: SessionError): void {
    this.#utterances.delete(start.clipId);
    if (error.isRetryable) this.#forgotten.add(start.clipId);
    else this.#results.add({ start, message: errorMessage(error) });
  }

  #refuse(clipId: string, reason: 'overloaded' | 'draining', retryAfterMs: number): void {
    this.#forgotten.add(clipId);
    this.#services.metrics.rejected(reason);
    this.#services.metrics.requestFinished('stream', 'rejected');
    this.#send({ type: 'busy', clipId, retryAfterMs });
  }

  #accept({ clipId, sequence }: StartMessage, predictedWaitMs: number): void {
    this.#send({ type: 'accepted', clipId, sequence, predictedWaitMs });
  }

  #drop(utterance: Utterance): void {
    this.#observe(utterance.receivedSamples, 'cancelled');
    utterance.discard();
    this.#utterances.delete(utterance.start.clipId);
  }

  #observe(lengthSamples: number, outcome: 'failed' | 'cancelled' | 'stalled'): void {
    this.#services.metrics.clipFinished(unrecognizedObservation(lengthSamples, outcome, this.#observed()));
  }

  #observed(): ObservationContext {
    return { protocol: 'stream', model: this.#services.model().id };
  }

  #send(message: ServerMessage): void {
    this.#connection?.send(message);
  }

  /** What runs on its own time has nobody above it who could answer for a fault. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}

function written(result: UtteranceResult & { readonly type: 'recognized' }, format: TextFormat): typeof result {
  return { ...result, outcome: { ...result.outcome, transcript: formatTranscript(result.outcome.transcript, format) } };
}
