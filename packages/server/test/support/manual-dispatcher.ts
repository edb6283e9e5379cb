import type { Transcript } from '@outspoken/asr';
import type { Dispatcher, RecognitionJob, RecognitionOutcome } from '../../src/dispatch/dispatcher.ts';

interface RunningJob {
  readonly job: RecognitionJob;
  readonly finish: (busyMs?: number) => void;
  readonly fail: (error: Error) => void;
}

/** A dispatcher whose jobs end when the test says so. A cancelled job keeps its slot until `release`, like a real worker. */
export class ManualDispatcher implements Dispatcher {
  onIdle: (() => void) | undefined;
  readonly model = { id: 'fake', version: '1', family: 'fake', sampleRateHz: 16_000, minimumSamples: 1, maximumSamples: 480_000 };
  readonly running: RunningJob[] = [];
  /** Keys of the jobs in the order in which they began. */
  readonly begun: string[] = [];
  slots: number;
  mostAtOnce = 0;

  constructor(slots: number) {
    this.slots = slots;
  }

  get idleSlots(): number {
    return Math.max(0, this.slots - this.running.length);
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}

  run(job: RecognitionJob, options: { readonly signal?: AbortSignal } = {}): Promise<RecognitionOutcome> {
    return new Promise((resolve, reject) => {
      const release = (): void => {
        this.running.splice(this.running.indexOf(running), 1);
        this.onIdle?.();
      };
      const running: RunningJob = {
        job,
        finish: (busyMs = 100) => {
          resolve({ transcript: transcriptOf(job), attempt: 1, workerId: 1, busyMs });
          release();
        },
        fail: (error) => {
          reject(error);
          release();
        },
      };
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      this.running.push(running);
      this.begun.push(job.jobId.split('#')[0] ?? '');
      this.mostAtOnce = Math.max(this.mostAtOnce, this.running.length);
    });
  }
}

function transcriptOf(job: RecognitionJob): Transcript {
  return {
    text: job.jobId,
    tokens: [],
    words: [],
    confidence: 1,
    noSpeechProbability: 0,
    guards: [],
    timings: { encoderMs: 1, decoderMs: 1 },
    audioMs: job.samples.length / 16,
  };
}
