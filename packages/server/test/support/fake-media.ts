import { basename } from 'node:path';
import type { MediaAudio } from '@outspoken/media';
import { SpeechDetector, type VadModel } from '@outspoken/vad';
import { DESCRIPTION } from './fake-file-readers.ts';

const SECOND_SAMPLES = 16_000;

/** A model that takes what is loud for speech. */
const LOUDNESS: VadModel = {
  sampleRateHz: 16_000,
  frameSamples: 512,
  process: async (frame) => (frame.some((sample) => Math.abs(sample) > 0.1) ? 0.95 : 0.01),
  reset: () => undefined,
  close: async () => undefined,
};

/** The real detector over a model that takes what is loud for speech. */
export function loudnessDetector(): SpeechDetector {
  return new SpeechDetector({ model: LOUDNESS });
}

/**
 * A file that exists by its name alone: `bursts-3` is three times a second of sound and a second of silence, `damaged` cannot be
 * opened, and the others say what they do to their reader, at once or, with `late-` in front, after a burst.
 */
export async function openFake(path: string, { signal }: { readonly signal: AbortSignal }): Promise<MediaAudio> {
  const [, late, name = '', count = '1'] = /^(late-)?([a-z]+)(?:-(\d+))?$/.exec(basename(path)) ?? [];
  if (late === undefined) await misbehave(name, signal);
  return {
    description: DESCRIPTION,
    isTruncated: name === 'truncated',
    async *samples() {
      for (let i = 0; i < Number(count); i += 1) {
        yield new Float32Array(SECOND_SAMPLES).fill(0.5);
        yield new Float32Array(SECOND_SAMPLES);
      }
      if (late !== undefined) await misbehave(name, signal);
    },
    [Symbol.asyncDispose]: async () => {
      process.send?.({ type: 'test_disposed' });
    },
  };
}

async function misbehave(name: string, signal: AbortSignal): Promise<void> {
  switch (name) {
    case 'damaged':
      throw Object.assign(new Error('the header is broken'), { code: 'media_damaged' });
    case 'fault':
      throw new Error('a fault of ours');
    case 'infinite':
      throw Object.assign(new Error('a sample is not a finite number'), { code: 'audio_not_finite' });
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      await untilAborted(signal);
      break;
    case 'exit':
      process.exit(3);
      break;
    case 'hang':
      await untilAborted(signal);
      break;
    case 'spin':
      process.send?.({ type: 'test_spinning' });
      for (;;) {
        // A decoder that never comes back: no message, deaf to every request.
      }
    case 'bomb': {
      // A decoder that unpacks without end and lets nothing else run.
      const memory: Buffer[] = [];
      for (;;) memory.push(Buffer.alloc(16 * 1024 ** 2, 1));
    }
    case 'glutton': {
      const memory: Buffer[] = [];
      while (!signal.aborted) {
        memory.push(Buffer.alloc(16 * 1024 ** 2, 1));
        await new Promise((resolve) => setImmediate(resolve));
      }
      break;
    }
    default:
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
