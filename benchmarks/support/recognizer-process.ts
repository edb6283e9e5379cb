// One recognizer in a process of its own, started by recognizer.ts: the two bring different builds of onnxruntime, which one
// process would mix up (both are libonnxruntime.so.1), and neither must wait for the other's garbage.
import { loadMoonshine } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { loadSherpaOnnx } from './sherpa-onnx.ts';

/** Which recognizer the process runs. */
export type RecognizerName = 'outspoken' | 'sherpa-onnx';

/** What the process answers for one clip; the first answer, with an empty text, says that the model is loaded. */
export interface TimedText {
  readonly text: string;
  readonly wallMs: number;
  /** Processor time of all threads of the process. */
  readonly cpuMs: number;
}

type Transcribe = (samples: Float32Array) => Promise<string>;

async function loadOurs(): Promise<Transcribe> {
  const recognizer = await loadMoonshine(runtime, await loadModelFiles('moonshine-tiny'), { threads: 1 });
  return async (samples) => (await recognizer.transcribe([{ samples }]))[0]?.text ?? '';
}

function answer(timed: TimedText): void {
  process.send?.(timed);
}

const transcribe = await (process.argv[2] === 'sherpa-onnx' ? loadSherpaOnnx({ threads: 1 }) : loadOurs());
process.on('message', async (samples: Float32Array) => {
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  const text = await transcribe(samples);
  const wallMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpu);
  answer({ text, wallMs, cpuMs: (user + system) / 1000 });
});
answer({ text: '', wallMs: 0, cpuMs: 0 });
