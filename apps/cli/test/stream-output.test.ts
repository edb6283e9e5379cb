import { expect, test } from 'vitest';
import type { Format } from '../src/output/format.ts';
import { StreamOutput } from '../src/output/stream-output.ts';
import { inputOf, resultOf } from './support/results.ts';

const [FIRST, SECOND, THIRD] = [inputOf('a.wav'), inputOf('b.wav'), inputOf('c.wav')];

function outputOf(format: Format, inputs = [FIRST, SECOND, THIRD], isSeveral = true): { output: StreamOutput; written: string[] } {
  const written: string[] = [];
  const output = new StreamOutput({
    format,
    inputs,
    isSeveral,
    write: async (text) => {
      if (text !== '') {
        written.push(text);
      }
    },
  });
  return { output, written };
}

test('keeps the order of the inputs, whatever comes first', async () => {
  const { output, written } = outputOf('text');
  await output.put(THIRD, resultOf('Three.'));
  await output.put(FIRST, resultOf('One.'));
  expect(written).toEqual(['==> a.wav <==\nOne.\n']);
  await output.put(SECOND, resultOf('Two.'));
  await output.finish();
  expect(written.slice(1)).toEqual(['\n==> b.wav <==\nTwo.\n\n==> c.wav <==\nThree.\n']);
});

test('does not wait for a recording that failed', async () => {
  const { output, written } = outputOf('text');
  await output.put(SECOND, resultOf('Two.'));
  await output.put(FIRST, undefined);
  expect(written).toEqual(['==> b.wav <==\nTwo.\n']);
});

test('gives a single text no heading', async () => {
  const { output, written } = outputOf('text', [FIRST], false);
  await output.put(FIRST, resultOf('One.'));
  await output.finish();
  expect(written).toEqual(['One.\n']);
});

test('makes an object of one document and an array of several', async () => {
  const single = outputOf('json', [FIRST], false);
  await single.output.put(FIRST, resultOf('One.'));
  await single.output.finish();
  expect(JSON.parse(single.written.join(''))).toMatchObject({ file: 'a.wav' });

  const several = outputOf('json');
  await several.output.put(SECOND, resultOf('Two.'));
  await several.output.put(FIRST, resultOf('One.'));
  await several.output.put(THIRD, undefined);
  await several.output.finish();
  expect(JSON.parse(several.written.join(''))).toMatchObject([{ file: 'a.wav' }, { file: 'b.wav' }]);
});

test('makes an empty array when all of several failed', async () => {
  const { output, written } = outputOf('json', [FIRST]);
  await output.put(FIRST, undefined);
  await output.finish();
  expect(JSON.parse(written.join(''))).toEqual([]);
});

test('writes lines as soon as they are there', async () => {
  const { output, written } = outputOf('jsonl');
  await output.put(THIRD, resultOf('Three.'));
  await output.put(FIRST, resultOf('One.'));
  await output.put(SECOND, undefined);
  await output.finish();
  expect(written.map((line) => JSON.parse(line).file)).toEqual(['c.wav', 'a.wav']);
});

test('lets the failure of a write rise', async () => {
  const output = new StreamOutput({ format: 'text', inputs: [FIRST], isSeveral: false, write: () => Promise.reject(new Error('gone')) });
  await expect(output.put(FIRST, resultOf('One.'))).rejects.toThrow('gone');
});
