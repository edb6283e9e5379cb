import { expect, test } from 'vitest';
import { WholeFileTranscriber } from '../src/transcriber/whole-file-transcriber.ts';

const task = (path: string, signal = new AbortController().signal) => ({ path, name: path, signal, onProgress: () => {} });

test('takes one file after the other, and goes on after one that fails', async () => {
  let running = 0;
  let isClosed = false;
  {
    await using transcriber = new WholeFileTranscriber({
      model: 'm',
      graph: 'signed',
      async transcribe(path) {
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        running -= 1;
        if (path === 'bad') throw new Error('no');
        return { text: path, durationMs: 5, isTruncated: false };
      },
      async [Symbol.asyncDispose]() {
        isClosed = true;
      },
    });
    expect(transcriber.graph).toBe('signed');
    const results = await Promise.allSettled(['a', 'bad', 'c'].map((path) => transcriber.transcribe(task(path))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ value: { transcript: { text: 'c', model: 'm' } } });
    await expect(transcriber.transcribe(task('d', AbortSignal.abort('stopped')))).rejects.toBe('stopped');
  }
  expect(isClosed).toBe(true);
});
