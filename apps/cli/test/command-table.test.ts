import { expect, test } from 'vitest';
import { commandTable, flatten } from '../src/completion/command-table.ts';
import { createProgram } from '../src/program.ts';
import { createContext } from './support/context.ts';

const TABLE = commandTable(createProgram(createContext(), '0.0.0', () => {}));

test('holds every command of the program, and no other', () => {
  expect(flatten(TABLE).map(({ path }) => path.join(' '))).toEqual([
    '',
    'serve',
    'transcribe',
    'evaluate',
    'models',
    'models list',
    'models verify',
    'models prepare',
    'models pull',
    'doctor',
    'completion',
  ]);
});

test('knows what stands where', () => {
  const command = (...path: string[]) => flatten(TABLE).find((entry) => entry.path.join(' ') === path.join(' '))!;
  const option = (flag: string, ...path: string[]) => command(...path).options.find(({ flags }) => flags.includes(flag));
  expect(option('--format', 'transcribe')).toMatchObject({
    flags: ['-f', '--format'],
    value: { type: 'choice', choices: ['text', 'json', 'srt', 'vtt', 'jsonl'] },
  });
  expect(option('--out', 'transcribe')?.value).toEqual({ type: 'folder' });
  expect(option('--quiet', 'transcribe')?.value).toBeUndefined();
  expect(option('--jobs', 'transcribe')?.value).toEqual({ type: 'other' });
  expect(option('--help', 'doctor')).toBeDefined();
  expect(command('transcribe').argument).toEqual({ type: 'file' });
  expect(command('models', 'pull').argument).toMatchObject({ type: 'choice', choices: expect.arrayContaining(['moonshine-base']) });
  expect(command('completion').argument).toMatchObject({ choices: ['bash', 'zsh', 'fish'] });
});

test('knows the settings of the server', () => {
  const { options } = flatten(TABLE).find(({ path }) => path[0] === 'serve')!;
  const value = (flag: string) => options.find(({ flags }) => flags.includes(flag))?.value;
  expect(value('--log-level')).toMatchObject({ type: 'choice', choices: expect.arrayContaining(['silent', 'debug']) });
  expect(value('--web-root')).toEqual({ type: 'folder' });
  expect(value('--config')).toEqual({ type: 'file' });
  expect(options.find(({ flags }) => flags.includes('--expose-metrics'))).toMatchObject({ value: undefined });
});
