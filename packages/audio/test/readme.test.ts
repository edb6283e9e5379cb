import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as audio from '../src/index.ts';

test('the example prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const body = example.replace(/import (\{[^}]*\}) from '@outspoken\/audio';/, 'const $1 = audio;');
  const printed: string[] = [];
  new Function('audio', 'console', body)(audio, { log: (...values: unknown[]) => printed.push(values.join(' ')) });
  expect(printed).toEqual([/\/\/ (\S+ \S+)\n$/.exec(example)![1]]);
});
