import type { FinalMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { readSpeech, speechFixtures } from './support/fixtures.ts';
import { ServerProcess } from './support/server-process.ts';
import { Talker } from './support/talker.ts';

const SILENCE = new Float32Array(16_000);
/** Cut off in mid-word they are doubtful, and so short that a second look fits into the pause behind them on a busy machine too. */
const HEARD_SAMPLES = 14_000;
const PROMPTS = ['something-terribly-wrong', 'tt-weasels', 'conf-noempty', 'vm-nonumber', 'vm-toforward'];
const TURNS = 4;

/** Says the prompts at the speed of speech, again and again, until a final is as wanted. */
async function sayUntil(talker: Talker, isWanted: (final: FinalMessage) => boolean): Promise<void> {
  const prompts = PROMPTS.map((name) => speechFixtures().find((fixture) => fixture.name === name));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const prompt of prompts) {
      await talker.say(readSpeech(prompt?.path ?? '').subarray(0, HEARD_SAMPLES), 'live');
      await talker.say(SILENCE, 'live');
      await talker.settled();
      if (talker.finals.some(({ final }) => isWanted(final))) return;
    }
  }
}

test('a server that nobody else keeps busy hears a doubtful clip again, and says so', async () => {
  await using server = await ServerProcess.start(['--log-level', 'warn', '--effort', 'auto']);
  await using talker = await Talker.create(server.url);
  await sayUntil(talker, ({ effort }) => effort !== 'fast');
  const efforts = talker.finals.map(({ final }) => final.effort);
  expect(efforts.every((effort) => effort !== undefined)).toBe(true);
  expect(efforts.at(-1), JSON.stringify(talker.finals.map(({ final }) => final))).toMatch(/^(balanced|best)$/);
  expect(talker.text).not.toBe('');
  const metrics = await server.metrics();
  const count = (series: string): number => metrics.get(series) ?? 0;
  const looks = ['kept', 'same_text'].map((outcome) => count(`outspoken_refinements_total{outcome="${outcome}"}`));
  expect(looks[0]! + looks[1]!).toBe(1);
  expect(count('outspoken_transcripts_total{effort="balanced"}') + count('outspoken_transcripts_total{effort="best"}')).toBe(1);
  expect(count('outspoken_refinement_busy_seconds_total')).toBeGreaterThan(0);
});

test('a server that is told to be fast hears each clip once', async () => {
  await using server = await ServerProcess.start(['--log-level', 'warn', '--effort', 'fast']);
  await using talker = await Talker.create(server.url);
  await talker.say(readSpeech(speechFixtures().find(({ name }) => name === 'tt-weasels')?.path ?? ''));
  await talker.stop();
  await talker.settled();
  expect(talker.finals.map(({ final }) => final.effort)).toEqual(['fast']);
  expect((await server.metrics()).get('outspoken_refinement_busy_seconds_total')).toBe(0);
});
