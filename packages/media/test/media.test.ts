import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSource } from '../src/file-source.ts';
import { openMedia } from '../src/media.ts';
import type { MediaSource } from '../src/media-source.ts';
import {
  bestLag,
  codeOf,
  correlation,
  decode,
  encode,
  ffmpeg,
  largestDifference,
  memorySource,
  sox,
  temporaryFolder,
} from './support/media-files.ts';

const folder = await temporaryFolder();
const SECONDS = 6;
const LAYOUTS = {
  mono: 'anull',
  stereo: 'pan=stereo|c0=c0|c1=0.6*c0',
};

interface Shape {
  readonly layout: keyof typeof LAYOUTS;
  readonly rateHz: number;
  /** Names of the kinds that are tried; all if it is missing. */
  readonly names?: readonly string[];
}

const SHAPES: readonly Shape[] = [
  { layout: 'mono', rateHz: 8000 },
  { layout: 'stereo', rateHz: 44_100 },
  { layout: 'mono', rateHz: 48_000 },
  // Every way to decode once for each of the others.
  { layout: 'stereo', rateHz: 16_000, names: ['vbr.mp3', 'opus.ogg', 'vorbis.ogg'] },
  { layout: 'mono', rateHz: 22_050, names: ['a.mp3', 'vorbis.webm', 'front.m4a', 'a.aac'] },
];

interface Kind {
  readonly name: string;
  readonly words: readonly string[];
  readonly container: string;
  readonly codec: string;
  /** Most by which the sound may be moved, in milliseconds. */
  readonly lagMs: number;
  /** Most by which it may be longer, in milliseconds. */
  readonly excessMs: number;
}

// ADTS has no place to say how much an encoder put before the sound: a packet at least, 128 ms at 8 kHz, and as much behind it.
const ADTS_MS = 257;
const KINDS: readonly Kind[] = [
  { name: 'a.mp3', words: ['-c:a', 'libmp3lame'], container: 'mp3', codec: 'mp3', lagMs: 3, excessMs: 1 },
  { name: 'vbr.mp3', words: ['-c:a', 'libmp3lame', '-q:a', '6'], container: 'mp3', codec: 'mp3', lagMs: 3, excessMs: 1 },
  { name: 'opus.ogg', words: ['-c:a', 'libopus'], container: 'ogg', codec: 'opus', lagMs: 3, excessMs: 1 },
  { name: 'vorbis.ogg', words: ['-c:a', 'libvorbis'], container: 'ogg', codec: 'vorbis', lagMs: 3, excessMs: 1 },
  { name: 'opus.webm', words: ['-c:a', 'libopus'], container: 'webm', codec: 'opus', lagMs: 3, excessMs: 21 },
  { name: 'vorbis.webm', words: ['-c:a', 'libvorbis'], container: 'webm', codec: 'vorbis', lagMs: 3, excessMs: 60 },
  { name: 'aac.mkv', words: ['-c:a', 'aac'], container: 'webm', codec: 'aac', lagMs: 130, excessMs: ADTS_MS },
  { name: 'back.m4a', words: ['-c:a', 'aac'], container: 'mp4', codec: 'aac', lagMs: 3, excessMs: 1 },
  { name: 'front.m4a', words: ['-c:a', 'aac', '-movflags', 'faststart'], container: 'mp4', codec: 'aac', lagMs: 3, excessMs: 1 },
  {
    name: 'fragmented.mp4',
    words: ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov+delay_moov', '-frag_duration', '1000000'],
    container: 'mp4',
    codec: 'aac',
    lagMs: 3,
    excessMs: 129,
  },
  { name: 'a.mov', words: ['-c:a', 'aac'], container: 'mp4', codec: 'aac', lagMs: 3, excessMs: 1 },
  { name: 'opus.mp4', words: ['-c:a', 'libopus'], container: 'mp4', codec: 'opus', lagMs: 3, excessMs: 1 },
  { name: 'mp3.mp4', words: ['-c:a', 'libmp3lame'], container: 'mp4', codec: 'mp3', lagMs: 80, excessMs: 150 },
  { name: 'a.aac', words: ['-c:a', 'aac', '-f', 'adts'], container: 'aac', codec: 'aac', lagMs: 130, excessMs: ADTS_MS },
];

describe.each(SHAPES)('speech in $layout at $rateHz Hz', ({ layout, rateHz, names }) => {
  const shape = ['-af', `aresample=${rateHz},${LAYOUTS[layout]}`];
  const prefix = join(folder, `${layout}-${rateHz}-`);
  const reference = encode(`${prefix}reference.wav`, shape, SECONDS).then((bytes) => decode(bytes));
  // ffmpeg writes no MPEG-2.5 into MP4.
  const kinds = KINDS.filter(({ name }) => names?.includes(name) ?? (name !== 'mp3.mp4' || rateHz >= 16_000));

  test.each(kinds)('is the same in $name as in WAV', async ({ name, words, container, codec, lagMs, excessMs }) => {
    const { samples: wanted } = await reference;
    const { samples, description, isTruncated } = await decode(await encode(`${prefix}${name}`, [...shape, ...words], SECONDS));
    expect(description).toMatchObject({ container, codec, channelCount: layout === 'mono' ? 1 : 2 });
    expect(isTruncated).toBe(false);
    expect(samples.length - wanted.length).toBeLessThanOrEqual(16 * excessMs);
    expect(samples.length - wanted.length).toBeGreaterThanOrEqual(-16);
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    const lag = bestLag(wanted, samples, 16 * lagMs + 16);
    expect(Math.abs(lag)).toBeLessThanOrEqual(16 * lagMs);
    expect(correlation(wanted, samples, lag)).toBeGreaterThan(0.95);
  });

  test('is bit for bit the same in FLAC', async () => {
    const { samples: wanted } = await reference;
    const flac = await decode(await encode(`${prefix}a.flac`, [...shape, '-sample_fmt', 's16'], SECONDS));
    expect(flac.description).toMatchObject({ container: 'flac', codec: 'flac', sampleRateHz: rateHz });
    expect(flac.samples).toEqual(wanted);
  });
});

describe('piece by piece', () => {
  // Without noise substitution, whose noise is each decoder's own.
  const seconds = 37;
  test.each([
    ['aac', 'long.m4a', ['-ar', '44100', '-c:a', 'aac', '-aac_pns', '0'], 2e-3],
    ['Vorbis', 'long.ogg', ['-ar', '44100', '-c:a', 'libvorbis'], 1e-3],
    ['MP3', 'long.mp3', ['-ar', '44100', '-c:a', 'libmp3lame'], 1e-3],
  ])('%s is what ffmpeg decodes, at every join too', async (_, name, words, tolerance) => {
    const bytes = await encode(join(folder, name), words, seconds);
    await ffmpeg('-i', join(folder, name), '-c:a', 'pcm_f32le', join(folder, `${name}.wav`));
    await using reference = await fileSource(join(folder, `${name}.wav`));
    const { samples: wanted } = await decode(reference);
    const { samples } = await decode(bytes);
    expect(Math.abs(samples.length - wanted.length)).toBeLessThan(60 * 16);
    const lag = bestLag(wanted, samples, 100);
    expect(lag).toBe(0);
    // Far below what is heard; a click at a join would be a hundred times as large.
    expect(largestDifference(wanted.subarray(0, samples.length - 1600), samples)).toBeLessThan(tolerance);
  });

  test('Opus is what ffmpeg decodes', async () => {
    const bytes = await encode(join(folder, 'long.opus'), ['-c:a', 'libopus'], seconds);
    await ffmpeg('-i', join(folder, 'long.opus'), '-c:a', 'pcm_f32le', join(folder, 'long.opus.wav'));
    await using reference = await fileSource(join(folder, 'long.opus.wav'));
    const { samples: wanted } = await decode(reference);
    const { samples } = await decode(bytes);
    expect(Math.abs(samples.length - wanted.length)).toBeLessThanOrEqual(1);
    // The two ways to 16 kHz differ in their last kilohertz.
    expect(correlation(wanted, samples, bestLag(wanted, samples, 50))).toBeGreaterThan(0.98);
  });
});

describe('sound of other shapes', () => {
  test.each([
    ['six channels of Opus', 'six.opus', ['-af', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0', '-c:a', 'libopus']],
    ['six channels of Vorbis', 'six.ogg', ['-af', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0', '-c:a', 'libvorbis']],
    ['eight channels of FLAC', 'eight.flac', ['-af', 'pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0']],
    ['24 bits of FLAC', 'deep.flac', ['-c:a', 'flac', '-sample_fmt', 's32']],
    ['192 kHz', 'fast.flac', ['-ar', '192000']],
    ['film with sound', 'film.mp4', ['-f', 'lavfi', '-i', 'testsrc=d=3:s=160x120', '-c:a', 'aac', '-c:v', 'libx264', '-shortest']],
    ['film in WebM', 'film.webm', ['-f', 'lavfi', '-i', 'testsrc=d=3:s=160x120', '-c:a', 'libopus', '-c:v', 'libvpx', '-shortest']],
  ])('opens %s', async (_, name, words) => {
    const { samples: wanted } = await decode(await encode(join(folder, `${name}.wav`), []));
    const { samples } = await decode(await encode(join(folder, name), words));
    expect(Math.abs(samples.length - wanted.length)).toBeLessThan(60 * 16);
    expect(correlation(wanted, samples, bestLag(wanted, samples, 1000))).toBeGreaterThan(0.95);
  });

  test('refuses MPEG layer II', async () => {
    await expect(decode(await encode(join(folder, 'a.mp2'), ['-ar', '44100', '-c:a', 'mp2']))).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringContaining('layer III'),
    });
  });

  test.each([
    ['a WAV of 100 channels', 'hundred.wav', ['-n', '-r', '8000', '-c', '100', 'OUT', 'trim', '0', '0.1'], 'media_too_complex'],
    ['a WAV of 4 kHz', 'slow.wav', ['-n', '-r', '4000', 'OUT', 'trim', '0', '0.1'], 'media_too_complex'],
    ['ADPCM', 'adpcm.wav', ['-n', '-r', '8000', '-e', 'ms-adpcm', 'OUT', 'synth', '1', 'sine', '440'], 'unsupported_media'],
    ['AIFF', 'a.aiff', ['-n', '-r', '8000', 'OUT', 'synth', '1', 'sine', '440'], 'unsupported_media'],
    ['a WAV without a sample', 'none.wav', ['-n', '-r', '8000', 'OUT', 'trim', '0', '0'], 'media_empty'],
  ])('refuses %s', async (_, name, words, code) => {
    const path = join(folder, name);
    await sox(...words.map((word) => (word === 'OUT' ? path : word)));
    await using source = await fileSource(path);
    expect(await codeOf(source)).toBe(code);
  });

  test.each([
    ['ALAC', 'alac.m4a', ['-c:a', 'alac']],
    ['FLAC in Ogg', 'flac.ogg', ['-c:a', 'flac', '-f', 'ogg']],
    ['six channels of AAC', 'six.m4a', ['-af', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0', '-c:a', 'aac']],
    ['a film without sound', 'silent.mp4', ['-f', 'lavfi', '-i', 'testsrc=d=1:s=160x120', '-an', '-map', '1:v']],
    ['a picture', 'a.png', ['-f', 'lavfi', '-i', 'testsrc=d=1:s=160x120', '-an', '-map', '1:v', '-frames:v', '1']],
    ['a JPEG', 'a.jpg', ['-f', 'lavfi', '-i', 'testsrc=d=1:s=640x480', '-an', '-map', '1:v', '-frames:v', '1']],
  ])('refuses %s and says what can be decoded', async (_, name, words) => {
    const bytes = await encode(join(folder, name), words);
    await expect(openMedia(memorySource(bytes))).rejects.toMatchObject({ code: 'unsupported_media' });
  });
});

describe('a source', () => {
  const broken = new Error('the disk is gone');
  const failing = (bytes: Uint8Array, fromByte: number): MediaSource => ({
    sizeBytes: bytes.length,
    async read(startByte, endByte) {
      if (endByte > fromByte) throw broken;
      return bytes.slice(startByte, endByte);
    },
  });

  test.each(['mp3', 'flac', 'ogg', 'webm', 'm4a', 'aac', 'wav'])('that fails is not taken for a damaged file (%s)', async (ending) => {
    const bytes = await encode(join(folder, `io.${ending}`), ending === 'm4a' ? ['-movflags', 'faststart'] : [], 30);
    await expect(decode(failing(bytes, 0))).rejects.toBe(broken);
    await expect(decode(failing(bytes, bytes.length - 1000))).rejects.toBe(broken);
  });

  test('is no longer read when the signal is aborted', async () => {
    const bytes = await encode(join(folder, 'abort.wav'), [], 20);
    const controller = new AbortController();
    const audio = await openMedia(memorySource(bytes), { signal: controller.signal });
    const reason = new Error('the client has gone');
    const drained = (async () => {
      for await (const _ of audio.samples()) controller.abort(reason);
    })();
    await expect(drained).rejects.toBe(reason);
  });
});

describe('length', () => {
  test('that is stated is refused before anything is decoded', async () => {
    const bytes = await encode(join(folder, 'stated.wav'), []);
    await expect(openMedia(memorySource(bytes), { maximumDurationMs: 2900 })).rejects.toMatchObject({ code: 'media_too_long' });
    expect(await codeOf(bytes, { maximumDurationMs: 3000 })).toBe('48000 samples');
  });

  test.each(['mp3', 'flac', 'ogg', 'webm', 'm4a', 'aac'])('that comes out is refused, whatever is stated (%s)', async (ending) => {
    // A minute that unpacks from next to nothing.
    const path = join(folder, `bomb.${ending}`);
    await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '60', path);
    await using source = await fileSource(path);
    expect(await codeOf(source, { maximumDurationMs: 10_000 })).toBe('media_too_long');
  });

  test('of a FLAC that lies about it is counted while it is decoded', async () => {
    const path = join(folder, 'liar.flac');
    await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '60', path);
    await using source = await fileSource(path);
    const bytes = await source.read(0, source.sizeBytes);
    bytes.set([0, 0, 0, 1], 8 + 14); // one sample in all
    await expect(openMedia(memorySource(bytes), { maximumDurationMs: 10_000 })).resolves.toBeDefined();
    expect(await codeOf(bytes, { maximumDurationMs: 10_000 })).toBe('media_too_long');
  });

  test('limit must be above 0', async () => {
    await expect(openMedia(memorySource(new Uint8Array(1)), { maximumDurationMs: 0 })).rejects.toThrow(RangeError);
  });
});

describe('memory', () => {
  test.each([
    ['mp3', ['-c:a', 'libmp3lame']],
    ['ogg', ['-c:a', 'libopus']],
    ['vorbis.ogg', ['-c:a', 'libvorbis']],
    ['m4a', ['-c:a', 'aac']],
    ['webm', ['-c:a', 'libopus']],
  ])('stays bounded over a quarter of an hour (%s)', async (ending, words) => {
    const short = join(folder, `short.${ending}`);
    const long = join(folder, `long15.${ending}`);
    await encode(short, ['-ar', '48000', '-ac', '2', ...words], 37);
    await ffmpeg('-stream_loop', '24', '-i', short, '-c', 'copy', long);
    await using source = await fileSource(long);
    await using audio = await openMedia(source);
    const before = process.memoryUsage().rss;
    let peak = 0;
    let samples = 0;
    for await (const chunk of audio.samples()) {
      samples += chunk.length;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(samples / 16_000 / 60).toBeGreaterThan(15);
    // All of it as two channels of floats at 48 kHz would be 353 MB.
    expect(peak - before).toBeLessThan(250e6);
  });
});
