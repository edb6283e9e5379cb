import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';
import { createContext } from './support/context.ts';

function commandsOf(program = createProgram(createContext(), '1.2.3', () => {})) {
  const nested = program.commands.flatMap((command) => [command, ...command.commands]);
  return [program, ...nested].filter((command) => command.commands.length === 0 || command === program);
}

test.each(commandsOf().map((command) => [command.name(), command] as const))(
  'the help of %s shows examples and exit codes',
  (_, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toMatch(/\nExamples:\n {2}\S/);
    expect(help).toMatch(/\nExit codes:\n {2}0 {4}all is well/);
  },
);

test.each(commandsOf().map((command) => [command.name(), command] as const))(
  'the examples of %s are commands of the program',
  (_, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const names = new Set(commandsOf().map((known) => known.name()));
    names.add('models');
    const [, examples = ''] = /\nExamples:\n([\s\S]*?)\n\n/.exec(help) ?? [];
    for (const line of examples.split('\n')) {
      expect(names, line).toContain(/outspoken (\w+)/.exec(line)?.[1]);
    }
  },
);

test('no option says twice what its default is', () => {
  for (const command of commandsOf()) {
    for (const { description, defaultValue } of command.options) {
      expect(description.includes('(default:') && defaultValue !== undefined, description).toBe(false);
    }
  }
});
