import { expect, test } from 'vitest';
import { formatTable } from '../src/output/table.ts';

test('makes columns as wide as their widest cell', () => {
  const table = formatTable(
    ['NAME', 'SIZE'],
    [
      ['moonshine-tiny', '28 MB'],
      ['vad', ''],
    ],
  );
  expect(table).toBe('NAME            SIZE\nmoonshine-tiny  28 MB\nvad\n');
});
