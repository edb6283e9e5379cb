import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bashCompletion } from '../src/completion/bash.ts';
import { commandTable } from '../src/completion/command-table.ts';
import { createProgram } from '../src/program.ts';
import { createContext, temporaryFolder } from './support/context.ts';

const SCRIPT = bashCompletion('outspoken', commandTable(createProgram(createContext(), '0.0.0', () => {})));

/** What a real bash offers when TAB is pressed after these words; the last one is the word under the cursor. */
function complete(words: readonly string[], folder = temporaryFolder()): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const program = `${SCRIPT}
complete -p outspoken >/dev/null || exit 9
COMP_WORDS=(outspoken ${line}); COMP_CWORD=${words.length}
_outspoken
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '--noprofile', '-c', program], { cwd: folder, encoding: 'utf8' });
  return output.split('\n').filter((word) => word !== '');
}

test('completes commands at each level', () => {
  expect(complete([''])).toEqual(['serve', 'transcribe', 'evaluate', 'models', 'doctor', 'completion']);
  expect(complete(['tr'])).toEqual(['transcribe']);
  expect(complete(['models', ''])).toEqual(['list', 'verify', 'prepare', 'pull']);
  expect(complete(['models', 'v'])).toEqual(['verify']);
});

test('completes options of the command', () => {
  expect(complete(['transcribe', '--fo'])).toEqual(['--format', '--force']);
  expect(complete(['serve', '--log'])).toEqual(['--log-level']);
  expect(complete(['models', 'pull', '--'])).toEqual(['--hub', '--quiet', '--help']);
  expect(complete(['--v'])).toEqual(['--version']);
});

test('completes values', () => {
  expect(complete(['transcribe', '--format', ''])).toEqual(['text', 'json', 'srt', 'vtt', 'jsonl']);
  expect(complete(['transcribe', '-f', 'js'])).toEqual(['json', 'jsonl']);
  expect(complete(['transcribe', '--format', '=', 'v'])).toEqual(['vtt']);
  expect(complete(['transcribe', '--format', '='])).toEqual(['text', 'json', 'srt', 'vtt', 'jsonl']);
  expect(complete(['transcribe', '--jobs', ''])).toEqual([]);
  expect(complete(['models', 'verify', 'moonshine-tiny', 'silero-vad-v5', 'moon'])).toEqual(['moonshine-tiny', 'moonshine-base']);
  expect(complete(['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
});

test('completes files and folders, with spaces in their names', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'my talk.mp3'), '');
  mkdirSync(join(folder, 'my calls'));
  expect(complete(['transcribe', 'my'], folder).sort()).toEqual(['my calls', 'my talk.mp3']);
  expect(complete(['transcribe', 'a.wav', '--out', 'my'], folder)).toEqual(['my calls']);
});

test('is not confused by a file that is called like a command', () => {
  expect(complete(['transcribe', 'serve', '--fo'])).toEqual(['--format', '--force']);
});
