import { describe, expect, test } from 'vitest';
import { checkCapacity, checkFfmpeg, checkNode, checkProcessor, featuresIn } from '../src/doctor/machine-checks.ts';

test.each([
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['24.1.0', 'ok'],
  ['20.18.3', 'problem'],
  ['18.20.0', 'problem'],
])('judges Node %s: %s', async (version, state) => {
  expect(await checkNode(version)).toMatchObject({ id: 'node', state, detail: `Node ${version}` });
});

describe('the features of a processor', () => {
  test('are found in what Linux says of an x86', () => {
    expect(featuresIn('flags : fpu sse4_2 avx avx2 avx512f avx512_vnni amx_int8 amx_tile')).toEqual(['AVX2', 'AVX-512', 'VNNI', 'AMX']);
    expect(featuresIn('flags : avx avx_vnni')).toEqual(['VNNI']);
    expect(featuresIn('flags : sse4_2 avx')).toEqual([]);
  });

  test('are found in what Linux says of an ARM', () => {
    expect(featuresIn('Features : fp asimd evtstrm aes asimddp')).toEqual(['NEON', 'dot product']);
  });

  test('are found in what macOS says', () => {
    expect(featuresIn('hw.optional.AdvSIMD: 1\nhw.optional.arm.FEAT_DotProd: 1')).toEqual(['NEON', 'dot product']);
    expect(featuresIn('hw.optional.avx2_0: 1')).toEqual(['AVX2']);
  });

  test('are a warning when none helps, and unknown where nobody says', async () => {
    expect(await checkProcessor(async () => 'flags : avx2')).toMatchObject({ state: 'ok', detail: expect.stringContaining('AVX2') });
    expect(await checkProcessor(async () => 'flags : sse2')).toMatchObject({ state: 'warning', advice: expect.stringContaining('slow') });
    expect(await checkProcessor(async () => undefined)).toMatchObject({ state: 'ok', detail: expect.stringContaining('unknown') });
  });

  test('are read from this machine', async () => {
    expect((await checkProcessor()).detail).toMatch(/\S/);
  });
});

test('warns of more workers than the memory holds', async () => {
  expect(await checkCapacity(2, { cores: 2, memoryBytes: 8e9 })).toMatchObject({
    state: 'ok',
    detail: '2 cores, 8.0 GB of memory, 2 workers',
  });
  expect(await checkCapacity(16, { cores: 16, memoryBytes: 2e9 })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('OUTSPOKEN_WORKERS'),
  });
  expect(await checkCapacity(1)).toMatchObject({ id: 'capacity' });
});

test('says that ffmpeg is not needed', async () => {
  expect(await checkFfmpeg()).toMatchObject({ state: 'ok', detail: expect.stringContaining('not needed') });
});
