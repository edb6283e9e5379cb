import {
  audioFormat,
  byteCount,
  endReason,
  keywords,
  policyId,
  sdk,
  sessionMs,
  speechEvidence,
  textFormat,
  token,
  u32,
  uuid,
  wallClockMs,
} from './fields.ts';
import { MIN_LEVEL_DBFS, PROTOCOL_NAME } from './limits.ts';
import { boolean, type Infer, literal, number, object, oneOf, optional } from './schema.ts';

/** Schemas of the messages from client to server, by type. */
export const CLIENT_MESSAGES = Object.freeze({
  hello: object({
    type: literal('hello'),
    protocol: literal(PROTOCOL_NAME, 'unsupported_protocol'),
    sdk,
    audio: audioFormat,
    clipPolicyId: policyId,
    wantsInterims: boolean,
    /** How texts of clips that start from now on are written. */
    format: optional(textFormat),
    /** Words and phrases that are expected in clips that start from now on. */
    keywords: optional(keywords),
    /** Wall clock of the edge when the message was written. */
    edgeTimeMs: wallClockMs,
    /** From the last `welcome`, to go on with that session. */
    resumeToken: optional(token),
  }),
  start: object({
    type: literal('start'),
    clipId: uuid,
    /** Order of the clip in the session, from 0, given by the client. */
    sequence: u32,
    /** Session time of the first sample. */
    startMs: sessionMs,
    /** How much of the clip's beginning lies before the onset of speech. */
    preRollMs: sessionMs,
    /** The clip whose speech this one continues: it was split or stalled. */
    continuesClipId: optional(uuid),
  }),
  maybe_end: object({
    type: literal('maybe_end'),
    clipId: uuid,
    /** Length of the clip if it ends here. */
    lengthSamples: u32,
    /** As in `end`, if it ends here. */
    evidence: optional(speechEvidence),
  }),
  end: object({
    type: literal('end'),
    clipId: uuid,
    lengthSamples: u32,
    reason: endReason,
    /** True when the speech goes on in the next clip. */
    continues: boolean,
    /** What the on-device VAD saw. */
    evidence: speechEvidence,
    /** Level of the clip; {@link MIN_LEVEL_DBFS} for digital silence. */
    levelDbfs: number({ minimum: MIN_LEVEL_DBFS, maximum: 20 }),
  }),
  cancel: object({
    type: literal('cancel'),
    clipId: uuid,
    /** `expired` when the clip left the outbox unfinished: too old, or no room. */
    reason: oneOf(['misfire', 'user', 'expired']),
  }),
  done: object({ type: literal('done'), clipId: uuid }),
  report: object({
    type: literal('report'),
    capturedMs: sessionMs,
    voicedMs: sessionMs,
    sentMs: sessionMs,
    /** What streaming everything as 16 kHz 16-bit audio would have cost. */
    capturedBytes: byteCount,
    /** What went over the wire, headers and resent audio included. */
    sentBytes: byteCount,
  }),
  ping: object({ type: literal('ping'), edgeTimeMs: wallClockMs }),
});

/** Opens or resumes a session; the first message on a connection. */
export type HelloMessage = Infer<typeof CLIENT_MESSAGES.hello>;
/** Opens a clip. */
export type StartMessage = Infer<typeof CLIENT_MESSAGES.start>;
/** Says that the clip may be over, so that decoding can begin early. */
export type MaybeEndMessage = Infer<typeof CLIENT_MESSAGES.maybe_end>;
/** Closes a clip. */
export type EndMessage = Infer<typeof CLIENT_MESSAGES.end>;
/** Drops a clip: it gets no final. */
export type CancelMessage = Infer<typeof CLIENT_MESSAGES.cancel>;
/** Lets the server forget a clip whose final arrived. */
export type DoneMessage = Infer<typeof CLIENT_MESSAGES.done>;
/** What was captured, voiced and sent since the session began. */
export type ReportMessage = Infer<typeof CLIENT_MESSAGES.report>;
/** Keeps the connection alive and measures it. */
export type PingMessage = Infer<typeof CLIENT_MESSAGES.ping>;
/** Any message from client to server. */
export type ClientMessage = Infer<(typeof CLIENT_MESSAGES)[keyof typeof CLIENT_MESSAGES]>;
/** Why a clip ended, as the client says it. */
export type EndReason = EndMessage['reason'];
/** Why a clip was cancelled. */
export type CancelReason = CancelMessage['reason'];
