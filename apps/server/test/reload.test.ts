import { expect, test, vi } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/config-error.ts';
import { handleReload } from '../src/reload.ts';
import type { Settings } from '../src/settings.ts';

function settingsOf(file: object): Settings {
  const command = loadConfig({
    argv: ['--config', 'settings.json'],
    environment: {},
    folder: '/',
    readFile: () => JSON.stringify(file),
    isFolder: () => true,
  });
  if (command.type !== 'run') throw new Error('not reached');
  return command.settings;
}

function bench() {
  let file: object = {};
  let hangUp = (): void => {};
  const swap = vi.fn<(settings: Settings) => Promise<void>>(async () => {});
  const log: { readonly level: string; readonly fields: unknown; readonly message: string }[] = [];
  const write =
    (level: string) =>
    (...line: unknown[]): void => {
      const message = String(line.pop());
      log.push({ level, fields: line[0], message });
    };
  handleReload({
    signals: { on: (_, listener) => (hangUp = listener) },
    settings: settingsOf(file),
    read: () => settingsOf(file),
    swap,
    logger: { info: write('info'), warn: write('warn'), error: write('error') },
  });
  const reload = async (content: object = file): Promise<void> => {
    file = content;
    hangUp();
    await settled();
  };
  return { reload, swap, log, messages: () => log.map(({ level, message }) => `${level}: ${message}`) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('replaces the workers when a setting of theirs has changed, and only then', async () => {
  const { reload, swap, log } = bench();
  await reload();
  expect(swap).not.toHaveBeenCalled();
  await reload({ threadsPerWorker: 2, port: 9000 });
  expect(swap).toHaveBeenCalledOnce();
  // What needs a new start stays as it was.
  expect(swap.mock.calls[0]?.[0]).toEqual(settingsOf({ threadsPerWorker: 2 }));
  expect(log).toContainEqual({ level: 'warn', fields: { settings: ['port'] }, message: expect.stringContaining('new start') });
  expect(log.at(-1)).toMatchObject({ level: 'info', fields: { threadsPerWorker: 2 }, message: 'workers swapped' });
  await reload();
  expect(swap).toHaveBeenCalledOnce();
});

test('goes on as before when the settings are wrong or the workers do not start, and tries again when told to', async () => {
  const { reload, swap, log } = bench();
  await reload({ threadsPerWorker: 0 });
  expect(log.at(-1)).toMatchObject({ level: 'error', fields: { err: expect.any(ConfigError) } });
  swap.mockRejectedValueOnce(new Error('no memory'));
  await reload({ threadsPerWorker: 2 });
  expect(log.at(-1)).toMatchObject({ level: 'error', fields: { err: new Error('no memory') } });
  await reload({ threadsPerWorker: 2 });
  expect(swap).toHaveBeenCalledTimes(2);
  expect(log.at(-1)?.message).toBe('workers swapped');
});

test('reads once more for all signals that come during a reload', async () => {
  const { reload, swap, messages } = bench();
  let finish = (): void => {};
  swap.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
  await reload({ threadsPerWorker: 2 });
  await reload({ threadsPerWorker: 3 });
  await reload({ threadsPerWorker: 4 });
  expect(swap).toHaveBeenCalledOnce();
  finish();
  await settled();
  expect(swap.mock.calls.map(([{ threadsPerWorker }]) => threadsPerWorker)).toEqual([2, 4]);
  expect(messages().filter((message) => message === 'info: workers swapped')).toHaveLength(2);
});
