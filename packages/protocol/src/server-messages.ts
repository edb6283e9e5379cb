import {
  clipEndMs,
  type endReason,
  errorCode,
  name,
  policyId,
  ratio,
  sessionLimits,
  sessionMs,
  token,
  transcriptText,
  u32,
  uuid,
  waitMs,
  wallClockMs,
} from './fields.ts';
import { array, boolean, type Infer, integer, literal, object, oneOf, optional, type Schema, string } from './schema.ts';

const finalEndReason = oneOf(['silence', 'split', 'stop', 'mute', 'stalled']) satisfies Schema<Infer<typeof endReason> | 'stalled'>;

const word = object({
  text: transcriptText,
  confidence: ratio,
  /** Clip time. */
  startMs: sessionMs,
  /** Clip time. */
  endMs: sessionMs,
  /** `aligned` where the model heard the word, `estimated` when the voiced time was shared out by length. */
  timing: oneOf(['estimated', 'aligned']),
});

/** Schemas of the messages from server to client, by type. */
export const SERVER_MESSAGES = Object.freeze({
  welcome: object({
    type: literal('welcome'),
    sessionId: name,
    /** False when nothing of an earlier session is left: unfinished clips are sent again whole. */
    resumed: boolean,
    resumeToken: token,
    resumeWindowMs: waitMs,
    /** Clips that may be started and unfinished at one time. */
    window: integer(1, 1024),
    limits: sessionLimits,
    model: object({ id: name, version: optional(name), family: optional(name), language: optional(name) }),
    /** Wall clock of the server when the message was written. */
    serverTimeMs: wallClockMs,
    /** Clips that the server knows; `ended` ones need no more audio, and their final follows. */
    clips: array(object({ clipId: uuid, receivedSamples: u32, state: oneOf(['open', 'ended']) }), { maximum: 1024 }),
  }),
  accepted: object({ type: literal('accepted'), clipId: uuid, sequence: u32, predictedWaitMs: waitMs }),
  busy: object({ type: literal('busy'), clipId: uuid, retryAfterMs: waitMs }),
  interim: object({ type: literal('interim'), clipId: uuid, revision: u32, text: transcriptText }),
  final: object({
    type: literal('final'),
    clipId: uuid,
    sequence: u32,
    text: transcriptText,
    /** Why the text is empty. */
    emptyReason: optional(oneOf(['silence', 'no_speech', 'too_short', 'filtered'])),
    /** Guards that changed the text, such as `repetition`. */
    guards: array(string({ maximum: 64 }), { maximum: 16 }),
    words: array(word, { maximum: 1024 }),
    confidence: ratio,
    noSpeechProbability: ratio,
    /** Session time of the first sample. */
    startMs: sessionMs,
    /** Session time after the last sample. */
    endMs: clipEndMs,
    /** Audio that the text covers. */
    receivedSamples: u32,
    /** As in `end`, or `stalled`: the server closed the clip because no audio came. */
    endReason: finalEndReason,
    continues: boolean,
    /** 1 unless a worker was lost while it decoded. */
    attempt: integer(1, 1000),
    /** What was spent on the text: `fast` heard the clip once, `balanced` and `best` several times. */
    effort: optional(oneOf(['fast', 'balanced', 'best'])),
    timings: object({
      queueMs: waitMs,
      encoderMs: waitMs,
      decoderMs: waitMs,
      /** From the arrival of `end` to this message. */
      serverMs: waitMs,
    }),
    /** Id of the model. */
    model: name,
    clipPolicyId: policyId,
  }),
  error: object({
    type: literal('error'),
    /** Absent when the error is about the connection as a whole. */
    clipId: optional(uuid),
    code: errorCode,
    message: string({ maximum: 1024 }),
    retryable: boolean,
    retryAfterMs: optional(waitMs),
  }),
  going_away: object({ type: literal('going_away'), reason: literal('draining'), retryAfterMs: waitMs }),
  pong: object({
    type: literal('pong'),
    /** Copied from the `ping`. */
    edgeTimeMs: wallClockMs,
    /** Wall clock of the server when the message was written. */
    serverTimeMs: wallClockMs,
  }),
});

/** Answers `hello`. */
export type WelcomeMessage = Infer<typeof SERVER_MESSAGES.welcome>;
/** The server took the clip on. It stays in the outbox: only {@link FinalMessage} lets it go. */
export type AcceptedMessage = Infer<typeof SERVER_MESSAGES.accepted>;
/** The server forgot the clip; it is sent again whole, with the same id, after `retryAfterMs`. */
export type BusyMessage = Infer<typeof SERVER_MESSAGES.busy>;
/** Text so far of a clip that is still open. */
export type InterimMessage = Infer<typeof SERVER_MESSAGES.interim>;
/** The result of a clip, once and for all. */
export type FinalMessage = Infer<typeof SERVER_MESSAGES.final>;
/** A coded answer to a mistake or a failure. */
export type ErrorMessage = Infer<typeof SERVER_MESSAGES.error>;
/** The server drains: it finishes what it has and takes on no new clip. */
export type GoingAwayMessage = Infer<typeof SERVER_MESSAGES.going_away>;
/** Answers `ping`. */
export type PongMessage = Infer<typeof SERVER_MESSAGES.pong>;
/** Any message from server to client. */
export type ServerMessage = Infer<(typeof SERVER_MESSAGES)[keyof typeof SERVER_MESSAGES]>;
/** A word of a final. */
export type FinalWord = FinalMessage['words'][number];
/** Why a clip ended, as the server reports it. */
export type FinalEndReason = FinalMessage['endReason'];
/** What the server still knows of a clip, in `welcome`. */
export type KnownClip = WelcomeMessage['clips'][number];
