import { expect, test } from 'vitest';
import { commandTable } from '../src/completion/command-table.ts';
import { fishCompletion } from '../src/completion/fish.ts';
import { createProgram } from '../src/program.ts';
import { createContext } from './support/context.ts';

const LINES = fishCompletion('outspoken', commandTable(createProgram(createContext(), '0.0.0', () => {}))).split('\n');

test('offers commands only where no command stands yet', () => {
  expect(LINES).toContainEqual(
    "complete -c outspoken -n 'not __fish_seen_subcommand_from serve transcribe evaluate models doctor completion' -a 'doctor' -d 'look for what is missing and say what to do about it'",
  );
  expect(LINES).toContainEqual(
    "complete -c outspoken -n '__fish_seen_subcommand_from models; and not __fish_seen_subcommand_from list verify prepare pull' -a 'list' -d 'list the models there are, and whether they are here'",
  );
});

test('offers values, folders and files', () => {
  expect(LINES).toContainEqual(
    "complete -c outspoken -n '__fish_seen_subcommand_from transcribe' -s f -l format -d 'how to write it down' -x -a 'text json srt vtt jsonl'",
  );
  expect(LINES.find((line) => line.includes('-l out '))).toMatch(/-x -a '\(__fish_complete_directories\)'$/);
  expect(LINES).toContainEqual("complete -c outspoken -n '__fish_seen_subcommand_from transcribe' -F");
});
