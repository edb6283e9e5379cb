import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MediaError } from '../src/media-error.ts';
import { codeOf, decode, encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const SEED = 20261125;
const CORPUS: Record<string, Uint8Array> = {
  wav: await encode(join(folder, 'a.wav'), []),
  mp3: await encode(join(folder, 'a.mp3'), ['-q:a', '4']),
  flac: await encode(join(folder, 'a.flac'), []),
  opus: await encode(join(folder, 'a.opus'), []),
  vorbis: await encode(join(folder, 'a.ogg'), ['-c:a', 'libvorbis']),
  webm: await encode(join(folder, 'a.webm'), ['-c:a', 'libopus']),
  'vorbis in WebM': await encode(join(folder, 'v.webm'), ['-c:a', 'libvorbis']),
  m4a: await encode(join(folder, 'a.m4a'), ['-movflags', 'faststart']),
  'm4a with its index behind': await encode(join(folder, 'b.m4a'), []),
  'fragmented mp4': await encode(join(folder, 'f.mp4'), ['-movflags', 'frag_keyframe+empty_moov', '-frag_duration', '500000']),
  aac: await encode(join(folder, 'a.aac'), []),
};
const KINDS = Object.keys(CORPUS);

/** Every outcome is sound of a sane length, finite, or a MediaError. */
async function expectSane(bytes: Uint8Array): Promise<void> {
  try {
    const { samples } = await decode(memorySource(bytes), { maximumDurationMs: 60_000 });
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.every(Number.isFinite)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(MediaError);
  }
}

describe.each(KINDS)('%s', (kind) => {
  const bytes = CORPUS[kind]!;

  test('cut at any place gives what is there or says why not', async () => {
    const whole = await decode(bytes);
    for (const ratio of [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      const cut = bytes.slice(0, Math.floor(bytes.length * ratio));
      const result = await decode(cut).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(result).toMatchObject({ code: 'media_damaged' });
        // WebM is read group by group, here 3 s each, and one that is cut is lost.
        if (kind !== 'm4a with its index behind') expect(ratio).toBeLessThan(kind.toLowerCase().includes('webm') ? 1 : 0.3);
      } else {
        expect(result).toMatchObject({ isTruncated: true });
        const { samples } = result as Awaited<ReturnType<typeof decode>>;
        expect(samples.length).toBeLessThanOrEqual(whole.samples.length);
        expect(samples.length / whole.samples.length).toBeGreaterThan(ratio - 0.45);
      }
    }
  });

  test('cut by bytes never throws anything else', async () => {
    for (const length of [1, 2, 3, 4, 7, 8, 11, 12, 27, 28, 36, 43, 44, 45, 60, 100, 200, 500, 1000])
      await expectSane(bytes.slice(0, length));
  });

  test('survives 40 seeded mutations', async () => {
    const edit = fc.record({
      at: fc.oneof(fc.nat(300), fc.nat(bytes.length - 1)),
      byte: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
      length: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const mutated = bytes.slice();
        for (const { at, byte, length } of edits) mutated.fill(byte, at, at + length);
        await expectSane(mutated);
      }),
      { seed: SEED, numRuns: 40 },
    );
  });
});

describe('damage in the middle', () => {
  test.each(['mp3', 'flac', 'opus', 'vorbis', 'aac', 'm4a'])('of %s leaves the rest in its place', async (kind) => {
    const bytes = CORPUS[kind]!.slice();
    const whole = await decode(bytes);
    const start = Math.floor(bytes.length * 0.4);
    for (let i = start; i < start + 600; i++) bytes[i] = (i * 7919) & 0xff;
    const { samples } = await decode(bytes);
    expect(Math.abs(samples.length - whole.samples.length)).toBeLessThan(16_000 * 0.2);
  });

  test('of most packets ends in media_damaged', async () => {
    const bytes = await encode(join(folder, 'bad.m4a'), ['-movflags', 'faststart'], 20);
    for (let i = Math.floor(bytes.length * 0.3); i < bytes.length; i++) bytes[i] = (i * i * 31 + (i >> 3)) & 0xff;
    expect(await codeOf(bytes)).toMatch(/media_damaged/);
  });
});

test.each([8, 100, 1024, 65_536, 12_000_000])('a WebM that goes on with %i zeros comes to an end', async (count) => {
  const bytes = await encode(join(folder, 'zeros.webm'), ['-c:a', 'libopus'], 20);
  const cut = bytes.slice(0, Math.floor(bytes.length / 2));
  const { samples, isTruncated } = await decode(new Uint8Array(Buffer.concat([cut, new Uint8Array(count)])));
  expect(samples.length).toBeGreaterThan(4 * 16_000);
  expect(isTruncated).toBe(true);
});

test('an empty file is empty', async () => {
  expect(await codeOf(new Uint8Array(0))).toBe('media_empty');
});

test.each([
  ['text', 'Hello, this is only a text. '.repeat(1000)],
  ['a page', `<!doctype html><html><body>${'<p>no sound</p>'.repeat(500)}</body></html>`],
  ['an archive', `PK\x03\x04${'\x00\x01\x02'.repeat(3000)}`],
  ['noise', Array.from({ length: 200_000 }, (_, i) => String.fromCharCode((i * i * 31 + (i >> 3)) & 0xff)).join('')],
])('%s is unsupported, and the message says what is not', async (_, text) => {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  await expect(decode(bytes)).rejects.toMatchObject({
    code: 'unsupported_media',
    message: expect.stringContaining('MP4 and QuickTime (AAC-LC'),
  });
});

describe('an index that names more than there is', () => {
  function patched(name: string, offset: number, values: readonly number[]): Uint8Array {
    const bytes = CORPUS.m4a!.slice();
    const at = Buffer.from(bytes.buffer).indexOf(name, 0, 'latin1');
    expect(at).toBeGreaterThan(0);
    const view = new DataView(bytes.buffer);
    for (const [index, value] of values.entries()) view.setUint32(at + 4 + offset + 4 * index, value);
    return bytes;
  }

  test.each([
    ['4 billion packets in a run', patched('stts', 8, [0xffffffff])],
    ['4 billion runs', patched('stts', 4, [0xffffffff])],
    ['4 billion sizes', patched('stsz', 4, [0, 0xffffffff])],
    ['4 billion packets of one size', patched('stsz', 4, [1, 0xffffffff])],
  ])('is refused: %s', async (_, bytes) => {
    expect(await codeOf(bytes)).toBe('media_damaged');
  });

  test('is refused in a fragment too', async () => {
    const bytes = CORPUS['fragmented mp4']!.slice();
    const at = Buffer.from(bytes.buffer).indexOf('trun', 0, 'latin1');
    new DataView(bytes.buffer).setUint32(at + 8, 0xffffffff);
    expect(await codeOf(bytes)).toBe('media_damaged');
  });
});
