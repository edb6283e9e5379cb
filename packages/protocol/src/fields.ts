import { AUDIO_ENCODINGS } from './audio-frame.ts';
import { MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS } from './limits.ts';
import { array, integer, number, object, oneOf, optional, type Schema, string } from './schema.ts';
import { UUID_PATTERN } from './uuid.ts';

const MAX_U32 = 0xffff_ffff;
/** 400 days: longer than any session. */
const MAX_SESSION_MS = 400 * 86_400_000;
/** The longest clip that a server may allow: an hour. */
const MAX_CLIP_LIMIT_MS = 3_600_000;
/** The end of JavaScript's calendar. */
const MAX_WALL_CLOCK_MS = 8.64e15;

export const uuid: Schema<string> = string({ maximum: 36, pattern: UUID_PATTERN, expectation: 'a lower-case UUID' });
export const u32: Schema<number> = integer(0, MAX_U32);
export const ratio: Schema<number> = number({ minimum: 0, maximum: 1 });
/** A time since the session's capture started, or a span within it. */
export const sessionMs: Schema<number> = number({ minimum: 0, maximum: MAX_SESSION_MS });
/** The end of a clip: a clip that began at the last {@link sessionMs} has one too. */
export const clipEndMs: Schema<number> = number({ minimum: 0, maximum: MAX_SESSION_MS + MAX_CLIP_LIMIT_MS });
/** Milliseconds since 1970 by the clock of the end that the field names. */
export const wallClockMs: Schema<number> = number({ minimum: 0, maximum: MAX_WALL_CLOCK_MS });
/** A span of waiting; 24 hours at most. */
export const waitMs: Schema<number> = number({ minimum: 0, maximum: 86_400_000 });
export const byteCount: Schema<number> = integer(0, Number.MAX_SAFE_INTEGER);
export const name: Schema<string> = string({ maximum: 128 });
export const transcriptText: Schema<string> = string({ maximum: 16_384 });
/** An opaque secret: base64url, so that it can be a WebSocket subprotocol. */
export const token: Schema<string> = string({
  maximum: 512,
  pattern: /^[A-Za-z0-9_-]{16,512}$/,
  expectation: 'a token of 16 to 512 base64url characters',
});
export const policyId: Schema<string> = string({
  maximum: 71,
  pattern: /^sha256:[0-9a-f]{64}$/,
  expectation: "'sha256:' and 64 hexadecimal digits",
});
/** Error codes are open: a newer server may send one that this version does not know. */
export const errorCode: Schema<string> = string({
  maximum: 64,
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  expectation: 'an error code',
});

/** How texts are written, on the wire; what is left out is as it was heard. */
export const textFormat = object({
  numerals: optional(oneOf(['spoken', 'digits', 'as-heard'])),
  profanity: optional(oneOf(['as-heard', 'mask'])),
  /** What is replaced by `[digits]` and `[email]`. */
  redact: optional(array(oneOf(['digits', 'email']), { maximum: 8 })),
});

/** Words and phrases that are expected. */
export const keywords = array(string({ maximum: MAX_KEYWORD_CHARACTERS }), { maximum: MAX_KEYWORDS });

export const sdk = object({ name: string({ maximum: 64 }), version: string({ maximum: 64 }) });
export const audioFormat = object({
  encoding: oneOf(AUDIO_ENCODINGS, 'unsupported_encoding'),
  /** Any rate parses, so that the server can answer `unsupported_sample_rate`. */
  sampleRateHz: integer(1, 768_000),
});
/** What the VAD on the device saw of a clip. */
export const speechEvidence = object({ voicedMs: sessionMs, peakProbability: ratio, meanProbability: ratio });
export const endReason = oneOf(['silence', 'split', 'stop', 'mute']);
export const sessionLimits = object({
  maximumClipMs: integer(100, MAX_CLIP_LIMIT_MS),
  maximumFrameBytes: integer(1024, 67_108_864),
  stallMs: integer(100, 3_600_000),
});
