import type { Recognizer, RecognizerClip, Transcript } from '@outspoken/asr';
import { serveRecognizer } from '../../src/dispatch/worker-main.ts';
import { BEHAVIOUR, type Behaviour } from './fake-clip.ts';
import { FAKE_MODEL } from './fake-model.ts';

// A worker process with a recognizer whose behaviour is chosen by the clip itself: see fake-clip.ts.
const workerNumber = Number(process.env['FAKE_WORKER_NUMBER'] ?? 1);
const failsToLoad = process.env['FAKE_WORKER_LOAD'] === 'fail';
const hangsOnLoad = process.env['FAKE_WORKER_LOAD'] === 'hang';

function transcriptOf(clip: RecognizerClip): Transcript {
  return {
    text: `${clip.samples.length} samples by worker ${workerNumber}${clip.speech ? `, seen ${JSON.stringify(clip.speech)}` : ''}`,
    tokens: [{ id: 1, text: 'x', probability: 0.5 }],
    words: [],
    confidence: clip.samples[2] ?? 0,
    meanLogProbability: 0,
    noSpeechProbability: 0,
    guards: [],
    timings: { encoderMs: 1, decoderMs: 2 },
    effort: 'fast' as const,
    audioMs: clip.samples.length / 16,
  };
}

/** What `hold` waits for: the test says when. */
const released = new Promise<void>((resolve) => {
  process.on('message', (message: { readonly type: string }) => {
    if (message.type === 'test_release') resolve();
  });
});

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

async function behave(behaviour: Behaviour | undefined, signal: AbortSignal | undefined): Promise<void> {
  process.send?.({ type: 'test_started' });
  switch (behaviour) {
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      await untilAborted(signal);
      break;
    case 'exit':
      process.exit(3);
      break;
    case 'wait':
      await untilAborted(signal);
      break;
    case 'hold':
      await Promise.race([released, untilAborted(signal)]);
      break;
    case 'spin':
      for (;;) {
        // Stuck in native code, as far as the parent can tell: no heartbeat, no answer, deaf to `cancel`.
      }
    case 'refuse':
      throw Object.assign(new Error('samples must be finite'), { code: 'audio_not_finite' });
    case 'fail':
      throw new Error('the graph failed');
    default:
  }
}

async function transcribe(clip: RecognizerClip): Promise<Transcript> {
  const isCured = workerNumber > (clip.samples[1] ?? 0);
  await behave(isCured ? 'echo' : BEHAVIOUR[clip.samples[0] ?? 0], clip.signal);
  return transcriptOf(clip);
}

const recognizer: Recognizer = {
  model: { ...FAKE_MODEL, id: process.env['FAKE_WORKER_MODEL'] ?? 'fake' },
  transcribe: (clips) => Promise.all(clips.map(transcribe)),
  async transcribeEach(clips, onResult) {
    await Promise.all(
      clips.map(async (clip, index) => {
        await transcribe(clip).then(
          (transcript) => onResult(index, { type: 'transcript', transcript }),
          (error: unknown) => onResult(index, { type: 'error', error }),
        );
      }),
    );
  },
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

await serveRecognizer(process, {
  load: async () => {
    if (failsToLoad) {
      throw new Error('no such model');
    }
    return hangsOnLoad ? new Promise<Recognizer>(() => {}) : recognizer;
  },
  heartbeatMs: 20,
});
process.exit(0);
