import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const APP = fileURLToPath(new URL('..', import.meta.url));
const DEMO = fileURLToPath(new URL('../../../tests/fixtures/demo-recording.wav', import.meta.url));

test('the example transcribes a file and ends', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(example).toContain("'tests/fixtures/demo-recording.wav'");
  // Beside the package, so that its name is found.
  const folder = mkdtempSync(join(APP, 'test/example-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'example.ts');
  writeFileSync(file, example.replace("'tests/fixtures/demo-recording.wav'", JSON.stringify(DEMO)));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@outspoken/source', '--import', 'tsx', file], { cwd: APP });
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/^1152 Weasels have eaten/);
});
