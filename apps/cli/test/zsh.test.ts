import { expect, test } from 'vitest';
import { commandTable } from '../src/completion/command-table.ts';
import { zshCompletion } from '../src/completion/zsh.ts';
import { createProgram } from '../src/program.ts';
import { createContext } from './support/context.ts';

const SCRIPT = zshCompletion('outspoken', commandTable(createProgram(createContext(), '0.0.0', () => {})));

test('names the program in the first line, as zsh wants it', () => {
  expect(SCRIPT.split('\n')[0]).toBe('#compdef outspoken');
});

test('steps into every command and offers values and files', () => {
  expect(SCRIPT).toContain('/models/pull) place=/models/pull ;;');
  expect(SCRIPT).toContain("'/transcribe -f'|'/transcribe --format') compadd -- 'text' 'json' 'srt' 'vtt' 'jsonl'; return ;;");
  expect(SCRIPT).toContain("'/transcribe -o'|'/transcribe --out') _files -/; return ;;");
});

test('leaves no quotation open', () => {
  // A quote inside single quotes is written as '\'' and takes four.
  expect((SCRIPT.match(/'/g) ?? []).length % 2).toBe(0);
});

test('does not touch the variable that zsh ties to PATH', () => {
  expect(SCRIPT).not.toMatch(/\bpath=/);
});
