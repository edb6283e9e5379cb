import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode, encode, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();

// The library's own view of its samples outlives them: what was read there later was whatever the memory held by then.
test('a file is decoded to the same samples each time', async () => {
  const bytes = await encode(join(folder, 'a.ogg'), ['-ar', '44100', '-ac', '2', '-c:a', 'libvorbis'], 20);
  const digests = new Set<string>();
  for (let round = 0; round < 40; round++) {
    const { samples } = await decode(bytes);
    digests.add(createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex'));
  }
  expect(digests.size).toBe(1);
});
