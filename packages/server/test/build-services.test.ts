import { clipPolicyId, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { expect, test } from 'vitest';
import { buildFileTranscriber } from '../src/build-services.ts';
import { endReading, FakeFileReaders } from './support/fake-file-readers.ts';
import { sessionBench } from './support/session-bench.ts';

test('transcribes files without a server, by the clip policy of the page', async () => {
  const { scheduler, dispatcher, metrics } = sessionBench();
  const files = await buildFileTranscriber({ scheduler, dispatcher, metrics, fileReaders: new FakeFileReaders([endReading(1000)]) });
  const { signal } = new AbortController();
  const events: unknown[] = [];
  for await (const event of files.transcribe('x', { signal, protocol: 'other' })) events.push(event);
  expect(events.at(-1)).toMatchObject({
    transcript: { model: 'fake', durationMs: 1000, clipPolicyId: await clipPolicyId(DEFAULT_CLIP_POLICY) },
  });
});

test('refuses senseless limits', async () => {
  const { scheduler, dispatcher, metrics } = sessionBench();
  const parts = { scheduler, dispatcher, metrics, fileReaders: new FakeFileReaders([]) };
  await expect(async () => buildFileTranscriber({ ...parts, maximumFileMs: 0 })).rejects.toThrow(RangeError);
});
