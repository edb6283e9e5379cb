import { SETTINGS } from '@outspoken/server-app';
import { expect, test, vi } from 'vitest';
import { serve, serveOptions } from '../src/commands/serve.ts';

test('lists a flag for every setting of the server', () => {
  const options = serveOptions();
  expect(options).toHaveLength(Object.keys(SETTINGS).length + 1);
  expect(options.map(({ long }) => long)).toEqual(expect.arrayContaining(['--port', '--maximum-file-ms', '--expose-metrics', '--config']));
});

test('is the program of the server', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await serve(['--help'], {});
    expect(write.mock.calls.join('')).toMatch(/Usage: outspoken serve \[settings\][\s\S]*--port/);
  } finally {
    write.mockRestore();
  }
});
