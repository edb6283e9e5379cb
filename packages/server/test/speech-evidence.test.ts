import { expect, test } from 'vitest';
import { Scheduler } from '../src/scheduling/scheduler.ts';
import { FileTranscriber } from '../src/session/file-transcriber.ts';
import { SpeechSession } from '../src/session/speech-session.ts';
import { fakeClip } from './support/fake-clip.ts';
import { clipReading, endReading, FakeFileReaders } from './support/fake-file-readers.ts';
import { FakeConnection, sessionBench } from './support/session-bench.ts';
import { clipId, end, frame, HELLO, start } from './support/speech.ts';
import { WorkerBench } from './support/worker-bench.ts';

// What a speech detector saw of a clip, all the way to the recognizer: a fake one, in a process of its own, whose text says what it was given.
const GUESSED = { voicedMs: 64, peakProbability: 0.75, meanProbability: 0.5 };

async function road() {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const scheduler = new Scheduler({ dispatcher: bench.workers });
  return { bench, services: { ...sessionBench().services, scheduler } };
}

/** Sends one clip and waits for its text. */
async function speak(samples: Float32Array, options: { readonly isGuessed?: boolean } = {}): Promise<string | undefined> {
  const { services } = await road();
  const connection = new FakeConnection();
  await new Promise<void>((resolve, reject) => {
    const session = new SpeechSession({ id: 'session', services, isDraining: () => false, onIdle: resolve, onFault: reject });
    session.attach(connection, HELLO, { isResumed: false, resumeToken: 'a'.repeat(43) });
    session.receive(start(0));
    session.receiveFrame(frame(0, samples, { encoding: 'pcm_f32le' }));
    const lengthSamples = samples.length;
    if (options.isGuessed) session.receive({ type: 'maybe_end', clipId: clipId(0), lengthSamples, evidence: GUESSED });
    session.receive(end(0, lengthSamples));
  });
  return connection.all('final')[0]?.text;
}

test('the evidence of an end reaches the recognizer', async () => {
  expect(await speak(fakeClip('echo'))).toBe(`1600 samples by worker 1, seen ${JSON.stringify(end(0, 0).evidence)}`);
});

test('so does that of a guessed end', async () => {
  expect(await speak(fakeClip('echo'), { isGuessed: true })).toBe(`1600 samples by worker 1, seen ${JSON.stringify(GUESSED)}`);
});

test('and it goes with the clip to another worker when the first one dies', async () => {
  const text = await speak(fakeClip('crash', { upToWorker: 1 }));
  expect(text).toBe(`1600 samples by worker 2, seen ${JSON.stringify(end(0, 0).evidence)}`);
});

test('the evidence of the clips of a file reaches the recognizer', async () => {
  const { bench, services } = await road();
  const reading = clipReading(0);
  const transcriber = new FileTranscriber({
    services,
    readers: new FakeFileReaders([reading, endReading(2000)]),
    clipPolicyId: 'sha256:x',
    slots: () => bench.workers.slots,
    maximumFileMs: 60_000,
  });
  const texts: string[] = [];
  for await (const event of transcriber.transcribe('x', { signal: new AbortController().signal, protocol: 'openai' })) {
    if (event.type === 'segment') texts.push(event.segment.text);
  }
  expect(texts).toEqual([`16000 samples by worker 1, seen ${JSON.stringify(reading.clip.evidence)}`]);
});
