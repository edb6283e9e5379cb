import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadWholeFileRecognizer } from '../src/whole-files.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const signal = new AbortController().signal;

test('hears a whole file, and refuses one that is too long for the model', async () => {
  await using recognizer = await loadWholeFileRecognizer({
    model: 'moonshine-tiny',
    graph: 'shipped',
    threadsPerWorker: 1,
    effort: 'fast',
  });
  expect(recognizer).toMatchObject({ model: 'moonshine-tiny', graph: 'shipped' });
  const heard = await recognizer.transcribe(fixture('speech/tt-weasels.wav'), { signal });
  expect(heard.text).toMatch(/weasels have eaten our phone system/i);
  expect(heard.durationMs).toBeCloseTo(2951, -1);
  await expect(recognizer.transcribe(fixture('speech/demo-congrats.wav'), { signal })).rejects.toMatchObject({ code: 'clip_too_long' });
  await expect(recognizer.transcribe(fixture('manifest.jsonl'), { signal })).rejects.toMatchObject({ code: 'unsupported_media' });
});
