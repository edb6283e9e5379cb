import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientMessage,
  createErrorMessage,
  encodeMessage,
  MAX_CONTROL_BYTES,
  MAX_HELLO_BYTES,
  MAX_SERVER_MESSAGE_BYTES,
  ProtocolError,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
} from '../src/index.ts';
import { clientMessage, SEED, serverMessage } from './arbitrary-message.ts';

const CLIP_ID = '0199f3a0-7c1e-7b2a-8f00-0123456789ab';
const ping = (more: string) => `{"type":"ping","edgeTimeMs":1${more}}`;

/** Runs a parser on input that may be anything and lets only ProtocolError pass. */
function parseAnything(parse: (text: string) => unknown, text: string): void {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

test('every client message survives encoding and parsing', () => {
  fc.assert(
    fc.property(clientMessage, (message) => {
      expect(parseClientMessage(encodeMessage(message))).toEqual(message);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('every server message survives encoding and parsing', () => {
  fc.assert(
    fc.property(serverMessage, (message) => {
      // A lone surrogate survives JSON as an escape.
      expect(parseServerMessage(encodeMessage(message))).toEqual(message);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('a clip that starts at the latest time that parses has a final that encodes', () => {
  const latest = parseClientMessage(`{"type":"start","clipId":"${CLIP_ID}","sequence":0,"startMs":34560000000,"preRollMs":0}`);
  const startMs = latest.type === 'start' ? latest.startMs : Number.NaN;
  const final = fc.sample(
    serverMessage.filter((message) => message.type === 'final'),
    { seed: SEED, numRuns: 1 },
  )[0];
  expect(() => encodeMessage({ ...final, startMs, endMs: startMs + 30_000 } as ServerMessage)).not.toThrow();
});

test('a maybe_end of an older client has no evidence; one that has some has all of it', () => {
  const maybeEnd = { type: 'maybe_end', clipId: CLIP_ID, lengthSamples: 3072 };
  const evidence = { voicedMs: 128, peakProbability: 0.9, meanProbability: 0.8 };
  expect(parseClientMessage(JSON.stringify(maybeEnd))).toEqual(maybeEnd);
  expect(parseClientMessage(JSON.stringify({ ...maybeEnd, evidence }))).toEqual({ ...maybeEnd, evidence });
  for (const wrong of [{ voicedMs: 128 }, { ...evidence, peakProbability: 1.1 }, null]) {
    expect(codeOf(() => parseClientMessage(JSON.stringify({ ...maybeEnd, evidence: wrong })))).toBe('bad_message');
  }
});

test('5,000 mutated messages parse or throw ProtocolError', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(12),
    insert: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('null', '-1', '1e999', '[', '{', '}', '"', '"__proto__":{"x":1},', '[[[[', 'true', '""', ',', '0.5'),
    ),
  });
  fc.assert(
    fc.property(fc.oneof(clientMessage, serverMessage), fc.array(edit, { minLength: 1, maxLength: 4 }), (message, edits) => {
      let text = encodeMessage(message);
      for (const { at, remove, insert } of edits) {
        const index = Math.floor(at * text.length);
        text = text.slice(0, index) + insert + text.slice(index + remove);
      }
      parseAnything(parseClientMessage, text);
      parseAnything(parseServerMessage, text);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('any JSON value and any text parse or throw ProtocolError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
      parseAnything(parseClientMessage, text);
      parseAnything(parseServerMessage, text);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('unknown fields are ignored and prototypes are not polluted', () => {
  const parsed = parseClientMessage(ping(',"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"later":[1]'));
  expect(parsed).toEqual({ type: 'ping', edgeTimeMs: 1 });
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect('isAdmin' in parsed).toBe(false);
  expect(codeOf(() => parseClientMessage('{"__proto__":{"type":"ping","edgeTimeMs":1}}'))).toBe('bad_message');
  expect(codeOf(() => parseClientMessage('{"type":"__proto__"}'))).toBe('unknown_message');
  expect(codeOf(() => parseClientMessage('{"type":"toString"}'))).toBe('unknown_message');
});

test('the size limit counts bytes of UTF-8', () => {
  const fill = (unit: string, bytes: number) => ping(`,"x":"${unit.repeat(bytes)}"`);
  const overhead = fill('', 0).length;
  for (const unit of ['a', 'é', '€', '😀']) {
    const unitBytes = new TextEncoder().encode(unit).length;
    const count = Math.floor((MAX_CONTROL_BYTES - overhead) / unitBytes);
    expect(codeOf(() => parseClientMessage(fill(unit, count)))).toBe('none');
    expect(codeOf(() => parseClientMessage(fill(unit, count + 1)))).toBe('frame_too_large');
  }
  const hello = (keywords: readonly string[]): ClientMessage => ({
    type: 'hello',
    protocol: 'asr.v1',
    sdk: { name: 'test', version: '1' },
    audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
    clipPolicyId: `sha256:${'0'.repeat(64)}`,
    wantsInterims: true,
    keywords,
    edgeTimeMs: 0,
  });
  const many = hello(new Array<string>(1000).fill('x'.repeat(100)));
  expect(parseClientMessage(encodeMessage(many))).toEqual(many);
  expect(codeOf(() => encodeMessage(hello(new Array<string>(1000).fill('€'.repeat(100)))))).toBe('frame_too_large');
  expect(codeOf(() => parseClientMessage(' '.repeat(MAX_HELLO_BYTES + 1)))).toBe('frame_too_large');
  expect(codeOf(() => parseServerMessage(' '.repeat(MAX_SERVER_MESSAGE_BYTES + 1)))).toBe('frame_too_large');
});

test('deep nesting is no trouble', () => {
  const depth = Math.floor((MAX_CONTROL_BYTES - 60) / 2);
  expect(parseClientMessage(ping(`,"x":${'['.repeat(depth)}${']'.repeat(depth)}`))).toEqual({ type: 'ping', edgeTimeMs: 1 });
  expect(codeOf(() => parseClientMessage('['.repeat(MAX_CONTROL_BYTES)))).toBe('bad_message');
});

test('errors name the path and never repeat text', () => {
  const hello = {
    type: 'hello',
    protocol: 'asr.v1',
    sdk: { name: 'test', version: '1' },
    audio: { encoding: 'pcm_s16le', sampleRateHz: 'secret words' },
    clipPolicyId: `sha256:${'0'.repeat(64)}`,
    wantsInterims: true,
    edgeTimeMs: 0,
  };
  const failure = (value: unknown) => {
    try {
      parseClientMessage(JSON.stringify(value));
    } catch (error) {
      return error as ProtocolError;
    }
    throw new Error('did not throw');
  };
  const wrongRate = failure(hello);
  expect(wrongRate.path).toBe('audio.sampleRateHz');
  expect(wrongRate.message).toBe('audio.sampleRateHz must be an integer 1 to 768000, got a string of 12 characters');
  expect(failure({ ...hello, audio: { encoding: 'opus', sampleRateHz: 16000 } }).code).toBe('unsupported_encoding');
  expect(failure({ ...hello, protocol: 'asr.v9' }).code).toBe('unsupported_protocol');
  expect(failure('secret words').message).not.toContain('secret');
});

test('a message that the other end would refuse fails where it is written', () => {
  const message: ClientMessage = { type: 'start', clipId: CLIP_ID, sequence: 0, startMs: Number.NaN, preRollMs: 0 };
  expect(() => encodeMessage(message)).toThrow('startMs must be a number');
  expect(() => encodeMessage({ ...message, startMs: 0, clipId: CLIP_ID.toUpperCase() })).toThrow('clipId must be a lower-case UUID');
});

test('an error message takes retryable from the table and is cut to length', () => {
  expect(createErrorMessage('overloaded', 'full', { clipId: CLIP_ID, retryAfterMs: 100 })).toEqual({
    type: 'error',
    clipId: CLIP_ID,
    code: 'overloaded',
    message: 'full',
    retryable: true,
    retryAfterMs: 100,
  });
  expect(createErrorMessage('clip_too_short', 'x', { isRetryable: true }).retryable).toBe(true);
  expect(parseServerMessage(encodeMessage(createErrorMessage('bad_message', 'x'.repeat(5000))))).toMatchObject({ retryable: false });
});
