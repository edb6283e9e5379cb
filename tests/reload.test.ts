import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSpeech, speechFixtures } from './support/fixtures.ts';
import { ServerProcess } from './support/server-process.ts';
import { Talker } from './support/talker.ts';

const folder = mkdtempSync(join(tmpdir(), 'outspoken-reload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [PROMPT] = speechFixtures().filter(({ name }) => name === 'tt-weasels');
const SPEECH = new Float32Array([...readSpeech(PROMPT?.path ?? ''), ...new Float32Array(16_000)]);

/** Of every worker that was ready so far. */
function workerPids(server: ServerProcess): number[] {
  return [...server.log.matchAll(/"workerPid":(\d+),"msg":"worker ready"/g)].map(([, pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('SIGHUP replaces the workers while somebody speaks, and nothing is lost', async () => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, '{}');
  await using server = await ServerProcess.start(['--config', path, '--workers', '1']);
  await using talker = await Talker.create(server.url);
  await talker.say(SPEECH);
  writeFileSync(path, JSON.stringify({ threadsPerWorker: 2, windowClips: 4 }));
  process.kill(server.pid, 'SIGHUP');
  const swapped = server.logged('workers swapped');
  await talker.say(SPEECH);
  await talker.say(SPEECH);
  await swapped;
  await talker.say(SPEECH);
  await talker.settled();
  expect(talker.rejections).toEqual([]);
  expect(talker.finals.map(({ final }) => final.clipId).sort()).toEqual([...talker.clipIds].sort());
  expect(talker.clipIds).toHaveLength(4);
  for (const { final } of talker.finals) expect(final.text.toLowerCase()).toContain('weasels have eaten');
  expect(talker.finals.map(({ final }) => final.attempt)).toEqual([1, 1, 1, 1]);
  expect(workerPids(server).map(isAlive)).toEqual([false, true]);
  // What the workers do not know is not taken over, and is said.
  expect(server.log).toContain('"settings":["windowClips"]');
  expect([...(await server.metrics()).keys()].filter((name) => name.startsWith('outspoken_model_info'))).toHaveLength(1);

  writeFileSync(path, JSON.stringify({ threadsPerWorker: 0 }));
  const refused = server.logged('could not take over the settings');
  process.kill(server.pid, 'SIGHUP');
  await refused;
  await talker.say(SPEECH);
  await talker.settled();
  expect(talker.finals).toHaveLength(5);
  expect(await server.end()).toBe(0);
});
