import fc from 'fast-check';
import { AUDIO_ENCODINGS, type ClientMessage, createUuidV7, ERROR_CODES, type ServerMessage } from '../src/index.ts';

export const SEED = 20_261_124;

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
export const clipId = fc.oneof(
  fc.nat().map((timeMs) => createUuidV7(timeMs)),
  fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-')),
);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const ratio = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const sessionMs = fc.double({ min: 0, max: 3.4e10, noNaN: true });
const waitMs = fc.double({ min: 0, max: 86_400_000, noNaN: true });
const wallMs = fc.integer({ min: 0, max: 8.64e15 });
const token = fc.string({ unit: fc.constantFrom(...'ABCxyz019-_'), minLength: 16, maxLength: 512 });
const text = fc.string({ unit: 'binary', maxLength: 400 });
const name = fc.string({ unit: 'grapheme', maxLength: 20 });
const policyId = hex(64).map((digits) => `sha256:${digits}`);
const endReason = fc.constantFrom('silence', 'split', 'stop', 'mute');
const limits = fc.record({
  maximumClipMs: fc.integer({ min: 100, max: 3_600_000 }),
  maximumFrameBytes: fc.integer({ min: 1024, max: 67_108_864 }),
  stallMs: fc.integer({ min: 100, max: 3_600_000 }),
});
const sdk = fc.record({ name, version: name });
const type = <const T extends string>(value: T) => fc.constant(value);

const format = fc.record(
  {
    numerals: fc.constantFrom('spoken', 'digits', 'as-heard'),
    profanity: fc.constantFrom('as-heard', 'mask'),
    redact: fc.array(fc.constantFrom('digits', 'email'), { maxLength: 8 }),
  },
  { requiredKeys: [] },
);
const hello = fc.record(
  {
    type: type('hello'),
    protocol: type('asr.v1'),
    sdk,
    audio: fc.record({ encoding: fc.constantFrom(...AUDIO_ENCODINGS), sampleRateHz: fc.integer({ min: 1, max: 768_000 }) }),
    clipPolicyId: policyId,
    wantsInterims: fc.boolean(),
    format,
    keywords: fc.array(fc.string({ maxLength: 100 }), { maxLength: 20 }),
    edgeTimeMs: wallMs,
    resumeToken: token,
  },
  { requiredKeys: ['type', 'protocol', 'sdk', 'audio', 'clipPolicyId', 'wantsInterims', 'edgeTimeMs'] },
);
const start = fc.record(
  { type: type('start'), clipId, sequence: u32, startMs: sessionMs, preRollMs: sessionMs, continuesClipId: clipId },
  { requiredKeys: ['type', 'clipId', 'sequence', 'startMs', 'preRollMs'] },
);
const evidence = fc.record({ voicedMs: sessionMs, peakProbability: ratio, meanProbability: ratio });
const end = fc.record({
  type: type('end'),
  clipId,
  lengthSamples: u32,
  reason: endReason,
  continues: fc.boolean(),
  evidence,
  levelDbfs: fc.integer({ min: -200, max: 20 }),
});
const report = fc.record({
  type: type('report'),
  capturedMs: sessionMs,
  voicedMs: sessionMs,
  sentMs: sessionMs,
  capturedBytes: fc.maxSafeNat(),
  sentBytes: fc.maxSafeNat(),
});

export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof<fc.Arbitrary<ClientMessage>[]>(
  hello,
  start,
  fc.record({ type: type('maybe_end'), clipId, lengthSamples: u32, evidence }, { requiredKeys: ['type', 'clipId', 'lengthSamples'] }),
  end,
  fc.record({ type: type('cancel'), clipId, reason: fc.constantFrom('misfire', 'user', 'expired') }),
  fc.record({ type: type('done'), clipId }),
  report,
  fc.record({ type: type('ping'), edgeTimeMs: wallMs }),
);

const welcome = fc.record({
  type: type('welcome'),
  sessionId: name,
  resumed: fc.boolean(),
  resumeToken: token,
  resumeWindowMs: waitMs,
  window: fc.integer({ min: 1, max: 1024 }),
  limits,
  model: fc.record({ id: name, version: name, family: name, language: name }, { requiredKeys: ['id'] }),
  serverTimeMs: wallMs,
  clips: fc.array(fc.record({ clipId, receivedSamples: u32, state: fc.constantFrom('open', 'ended') }), { maxLength: 8 }),
});
const word = fc.record({
  text,
  confidence: ratio,
  startMs: sessionMs,
  endMs: sessionMs,
  timing: fc.constantFrom('estimated', 'aligned'),
});
const final = fc.record(
  {
    type: type('final'),
    clipId,
    sequence: u32,
    text,
    emptyReason: fc.constantFrom('silence', 'no_speech', 'too_short', 'filtered'),
    guards: fc.array(name, { maxLength: 4 }),
    words: fc.array(word, { maxLength: 20 }),
    confidence: ratio,
    noSpeechProbability: ratio,
    startMs: sessionMs,
    endMs: sessionMs,
    receivedSamples: u32,
    endReason: fc.oneof(endReason, fc.constant('stalled' as const)),
    continues: fc.boolean(),
    attempt: fc.integer({ min: 1, max: 3 }),
    effort: fc.constantFrom('fast', 'balanced', 'best'),
    timings: fc.record({ queueMs: waitMs, encoderMs: waitMs, decoderMs: waitMs, serverMs: waitMs }),
    model: name,
    clipPolicyId: policyId,
  },
  {
    requiredKeys: [
      'type',
      'clipId',
      'sequence',
      'text',
      'guards',
      'words',
      'confidence',
      'noSpeechProbability',
      'startMs',
      'endMs',
      'receivedSamples',
      'endReason',
      'continues',
      'attempt',
      'timings',
      'model',
      'clipPolicyId',
    ],
  },
);
const error = fc.record(
  {
    type: type('error'),
    clipId,
    code: fc.constantFrom(...Object.keys(ERROR_CODES), 'code_of_a_newer_server'),
    message: text,
    retryable: fc.boolean(),
    retryAfterMs: waitMs,
  },
  { requiredKeys: ['type', 'code', 'message', 'retryable'] },
);

export const serverMessage: fc.Arbitrary<ServerMessage> = fc.oneof<fc.Arbitrary<ServerMessage>[]>(
  welcome,
  fc.record({ type: type('accepted'), clipId, sequence: u32, predictedWaitMs: waitMs }),
  fc.record({ type: type('busy'), clipId, retryAfterMs: waitMs }),
  fc.record({ type: type('interim'), clipId, revision: u32, text }),
  final,
  error,
  fc.record({ type: type('going_away'), reason: type('draining'), retryAfterMs: waitMs }),
  fc.record({ type: type('pong'), edgeTimeMs: wallMs, serverTimeMs: wallMs }),
);
