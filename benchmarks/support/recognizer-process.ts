// One recognizer in a process of its own, started by forked-recognizer.ts: the systems bring different builds of onnxruntime, which
// one process would mix up (all are libonnxruntime.so.1), and none must wait for the garbage of another.
import { type LoadedRecognizer, oneByOne } from './loaded-recognizer.ts';
import { sum } from './quantiles.ts';
import type { RecognizerAnswer, RecognizerRequest, RecognizerSettings, Saturation, TimedTexts } from './recognizer-protocol.ts';
import { createRandom, shuffle } from './seeded-random.ts';

type Load = (settings: RecognizerSettings) => Promise<LoadedRecognizer>;

/** Each imports what it needs itself: the code of the others would count as memory of this one. */
const LOADERS: Readonly<Record<RecognizerSettings['system'], Load>> = {
  outspoken: async (settings) => {
    const { loadOurs } = await import('./our-recognizer.ts');
    const recognizer = await loadOurs(settings);
    return {
      maximumBatch: recognizer.model.maximumBatch,
      transcribe: async (clips) => (await recognizer.transcribe(clips.map((samples) => ({ samples })))).map(({ text }) => text),
    };
  },
  'plain-loop': async (settings) => oneByOne(await (await import('./plain-loop.ts')).loadPlainLoop(settings)),
  'sherpa-onnx': async (settings) => oneByOne(await (await import('./sherpa-onnx.ts')).loadSherpaOnnx(settings)),
  // It takes several clips at a time, but hears other words in what it pads the shorter ones with: its files have no mask.
  'transformers.js': async (settings) => oneByOne(await (await import('./transformers-js.ts')).loadTransformersJs(settings)),
};

/** The clips of the process, in the batches in which it works on them, and where it is in them. */
interface Kept {
  readonly batches: readonly (readonly Float32Array[])[];
  next: number;
}

/** Neighbours in length go together, as the server's scheduler lets them; the order of the batches is mixed but the same everywhere. */
function keep(clips: readonly Float32Array[], batch: number, firstShare: number): Kept {
  const sorted = clips.toSorted((a, b) => a.length - b.length);
  const batches = Array.from({ length: Math.ceil(sorted.length / batch) }, (_, index) => sorted.slice(index * batch, (index + 1) * batch));
  return { batches: shuffle(batches, createRandom(1)), next: Math.floor(firstShare * batches.length) };
}

async function transcribe(recognizer: LoadedRecognizer, clips: readonly Float32Array[]): Promise<TimedTexts> {
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  const texts = await recognizer.transcribe(clips);
  const wallMs = performance.now() - startedAtMs;
  return { texts, wallMs, cpuMs: cpuMsSince(cpu), memoryBytes: process.memoryUsage.rss() };
}

async function saturate(recognizer: LoadedRecognizer, kept: Kept, durationMs: number): Promise<Saturation> {
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  let clips = 0;
  let audioMs = 0;
  let wallMs = 0;
  while (wallMs < durationMs) {
    const batch = kept.batches[kept.next % kept.batches.length] ?? [];
    kept.next += 1;
    await recognizer.transcribe(batch);
    clips += batch.length;
    audioMs += sum(batch.map((samples) => samples.length)) / 16;
    wallMs = performance.now() - startedAtMs;
  }
  return { clips, audioMs, wallMs, cpuMs: cpuMsSince(cpu), memoryBytes: process.memoryUsage.rss() };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const settings = JSON.parse(process.argv[2] ?? '') as RecognizerSettings;
const recognizer = await LOADERS[settings.system](settings);
let kept: Kept = { batches: [], next: 0 };

async function serve(request: RecognizerRequest): Promise<RecognizerAnswer> {
  switch (request.type) {
    case 'transcribe':
      return { type: 'transcribe', ...(await transcribe(recognizer, request.clips)) };
    case 'keep':
      kept = keep(request.clips, request.batch, request.firstShare);
      return { type: 'keep' };
    case 'saturate':
      return { type: 'saturate', ...(await saturate(recognizer, kept, request.durationMs)) };
    default:
      return request satisfies never;
  }
}

function answer(message: RecognizerAnswer): void {
  process.send?.(message);
}

process.on('message', async (request: RecognizerRequest) => answer(await serve(request)));
answer({ type: 'ready', maximumBatch: recognizer.maximumBatch });
