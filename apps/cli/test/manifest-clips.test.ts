import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifestClips } from '../src/evaluation/manifest-clips.ts';
import { temporaryFolder } from './support/context.ts';

test('looks for files from the folder of the manifest', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/a.wav'), 'sound');
  writeFileSync(join(folder, 'data/m.jsonl'), '{"audio_filepath": "a.wav", "text": "go"}\n{"audio_filepath": "b.wav", "text": "go"}\n');
  const { entries, clips, failures } = await readManifestClips('data/m.jsonl', folder);
  expect(entries).toHaveLength(2);
  expect(clips).toEqual([{ entry: entries[0], path: join(folder, 'data/a.wav'), sizeBytes: 5 }]);
  expect(failures).toEqual([{ audioPath: 'b.wav', reason: 'it cannot be read (ENOENT), check the path' }]);
});

test('names file and line of what it cannot read', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'm.jsonl'), '{"audio_filepath": "a.wav", "text": "go"}\nnonsense\n');
  await expect(readManifestClips('m.jsonl', folder)).rejects.toMatchObject({
    code: 'input_unreadable',
    message: 'm.jsonl: line 2 of the manifest is no JSON, write one whole object on each line',
  });
  await expect(readManifestClips('n.jsonl', folder)).rejects.toMatchObject({ code: 'input_missing' });
});
