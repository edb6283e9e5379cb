import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readProcessTree } from '../benchmarks/support/process-cpu.ts';
import { fixturePath } from './support/fixtures.ts';
import { ServerProcess } from './support/server-process.ts';

const GOAL_BYTES = 300e6;

function workerMemory(server: ServerProcess): number {
  const worker = readProcessTree(server.pid)?.find(({ command }) => command.startsWith('outspoken-worker'));
  return worker?.memoryBytes ?? Number.NaN;
}

// 2,000 clips are what bench:memory is for.
test('a worker holds at most 300 MB, before anybody asks it for something and after', async () => {
  const server = await ServerProcess.start(['--workers', '1']);
  try {
    expect(workerMemory(server)).toBeLessThanOrEqual(GOAL_BYTES);
    const wav = readFileSync(fixturePath('speech/queue-periodic-announce.wav'));
    for (let clip = 0; clip < 10; clip += 1) {
      const form = new FormData();
      form.append('model', 'moonshine-tiny');
      form.append('file', new Blob([wav]), 'speech.wav');
      const response = await fetch(new URL('v1/audio/transcriptions', server.url), { method: 'POST', body: form });
      expect(response.status).toBe(200);
    }
    expect(workerMemory(server)).toBeLessThanOrEqual(GOAL_BYTES);
  } finally {
    await server.end();
  }
});
