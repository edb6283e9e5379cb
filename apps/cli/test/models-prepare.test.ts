import { beforeEach, expect, test, vi } from 'vitest';
import { prepareModels } from '../src/commands/models-prepare.ts';
import { CapturedStream } from './support/captured-stream.ts';
import { temporaryFolder } from './support/context.ts';

beforeEach(() => {
  vi.stubEnv('OUTSPOKEN_CACHE', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

test('builds, checks and measures every kind of graphs, and says which one is chosen', async () => {
  const [stdout, stderr] = [new CapturedStream(), new CapturedStream()];
  expect(await prepareModels('moonshine-tiny', {}, { stdout, stderr })).toBe(0);
  expect(stderr.text).toContain('preparing moonshine-tiny (signed graphs), once');
  // On a processor on which signed products saturate it is the next kind.
  expect(stdout.text).toMatch(/^(signed|unsigned) +right +\d+ times real time +chosen$/m);
  expect(stdout.text).toMatch(/^shipped +right +\d+ times real time$/m);

  const [again, silence] = [new CapturedStream(), new CapturedStream()];
  await prepareModels('moonshine-tiny', { json: true }, { stdout: again, stderr: silence });
  expect(silence.text).not.toContain('preparing');
  const { graphs } = JSON.parse(again.text) as { graphs: { graph: string; problem?: string; isChosen: boolean }[] };
  expect(graphs.map(({ graph }) => graph)).toEqual(['signed', 'unsigned', 'shipped']);
  const chosen = graphs.filter(({ isChosen }) => isChosen);
  expect(chosen).toEqual([graphs.find(({ problem }) => problem === undefined)]);
});

test('a model that is not here is a failure that says what to do', async () => {
  await expect(prepareModels('moonshine-base', {}, { stdout: new CapturedStream(), stderr: new CapturedStream() })).rejects.toMatchObject({
    code: 'file_missing',
  });
});
