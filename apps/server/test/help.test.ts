import { expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { helpText } from '../src/help.ts';
import { environmentVariableOf, flagOf, SETTINGS } from '../src/settings.ts';

test('names the flag, variable, key, description and default of every setting', () => {
  const help = helpText();
  for (const [key, setting] of Object.entries(SETTINGS)) {
    for (const part of [flagOf(key), environmentVariableOf(key), `"${key}"`, setting.description, setting.defaultText]) {
      expect(help).toContain(part);
    }
  }
  expect(help).toContain('--config FILE');
  expect(help.split('\n').every((line) => line.length <= 120)).toBe(true);
});

test('every example in it is good', () => {
  const examples = helpText()
    .split('\n')
    .filter((line) => line.includes('pnpm start'));
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) {
    const [before = '', after = ''] = example.split('pnpm start');
    const environment = Object.fromEntries(
      before
        .trim()
        .split(' ')
        .filter((word) => word !== '')
        .map((word) => word.split('=')),
    );
    const argv = after
      .trim()
      .split(' ')
      .filter((word) => word !== '');
    expect(loadConfig({ argv, environment, folder: '/' }).type).toBe('run');
  }
});

test('names the command that a person typed', () => {
  const help = helpText('outspoken serve');
  expect(help).toContain('Usage: outspoken serve [settings]');
  expect(help).not.toContain('pnpm');
});
