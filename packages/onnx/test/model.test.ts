import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { loadOnnxModel, type OnnxModel } from '../src/index.ts';

const { files } = await loadModelFiles('silero-vad-v6');
const load = (): Promise<OnnxModel> => loadOnnxModel(runtime, files.model, { intraOpNumThreads: 1 });
const feeds = () => ({
  input: new runtime.Tensor('float32', new Float32Array(576), [1, 576]),
  state: new runtime.Tensor('float32', new Float32Array(256), [2, 1, 128]),
  sr: new runtime.Tensor('int64', BigInt64Array.of(16_000n), []),
});

test('names the inputs and outputs of a graph and the shapes of its inputs', async () => {
  await using model = await load();
  expect(model.inputNames).toEqual(['input', 'state', 'sr']);
  expect(model.outputNames).toEqual(['output', 'stateN']);
  expect(model.inputShape('state')).toEqual([2, expect.anything(), 128]);
  expect(model.inputShape('sr')).toEqual([]);
  expect(model.inputShape('no such input')).toBeUndefined();
});

test('runs the graph, and computes only the outputs that are asked for', async () => {
  await using model = await load();
  const { output, stateN } = await model.run(feeds());
  expect(output?.data[0]).toBeLessThan(0.1);
  expect(stateN?.dims).toEqual([2, 1, 128]);
  expect(Object.keys(await model.run(feeds(), ['output']))).toEqual(['output']);
});

test('says why a run failed', async () => {
  await using model = await load();
  const { sr: _sr, ...incomplete } = feeds();
  const error = await model.run(incomplete).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name: 'OnnxError', code: 'run_failed', cause: expect.any(Error) });
});

test('lets the runs that were begun finish before it is closed, and begins no other', async () => {
  const model = await load();
  const running = Promise.all([model.run(feeds()), model.run(feeds())]);
  const closing = model.close();
  await expect(model.run(feeds())).rejects.toMatchObject({ code: 'closed' });
  expect((await running).map((outputs) => outputs['output']?.data.length)).toEqual([1, 1]);
  await closing;
  expect(model.close()).toBe(closing);
});

test('refuses bytes that are no graph', async () => {
  const error = await loadOnnxModel(runtime, Uint8Array.of(1, 2, 3)).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'load_failed', message: expect.stringContaining('3 bytes'), cause: expect.any(Error) });
});
