// Claim: of the pauses and pre-rolls tried, the default clip policy is the one that leave-one-speaker-out chooses on the development data.
// Run from the root: pnpm exec tsx --conditions=@outspoken/source benchmarks/clip-policy.ts [--tails]
// Needs ffmpeg on the path, and the data in $OUTSPOKEN_DATA (default ../shared/data); without the data it says so and ends.
import { loadMoonshine } from '@outspoken/asr';
import { type ClipPolicy, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector, type VadModel } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { type Cut, createRow, type Group, type Row, reportChoice, reportRows, type Source, seconds } from './support/clip-policy-row.ts';
import { progress, readOptions, runBenchmark } from './support/command-line.ts';
import {
  type CutClip,
  cutClips,
  DEV_DATA_FOLDER,
  type DevRecording,
  hasDevData,
  readBaselineTexts,
  readDevRecordings,
  readDevSamples,
} from './support/dev-data.ts';

const HELP_TEXT = `
Sweeps hangover and pre-roll over the development data and compares the words with those of whole files.

  --tails  also tries a longer tail and zeros around the clips, one change at a time to the default policy
  --help   this text`;
const HANGOVERS_MS = [416, 512, 608, 704];
const PRE_ROLLS_MS = [300, 400, 500, 600];
const ZEROS_MS = 200;
const SAMPLES_PER_MS = 16;
const PROGRESS_INTERVAL_MS = 10_000;
const GROUP_OF_CATEGORY: Readonly<Record<string, Group>> = {
  libri_other: 'sentences',
  libri_clean: 'sentences',
  ljspeech: 'sentences',
  digit_string: 'strings',
  long: 'long',
};

/** A way of getting from a recording to clips. The zeros are no part of a policy: they stand for more silence around a clip. */
interface Variant {
  readonly name: string;
  readonly policy: ClipPolicy;
  readonly zerosBeforeMs: number;
  readonly zerosAfterMs: number;
}

type Transcribe = (clip: Pick<CutClip, 'samples' | 'speech'>) => Promise<string>;

function createVariant(change: Partial<ClipPolicy>, zerosBeforeMs = 0, zerosAfterMs = 0): Variant {
  const policy = { ...DEFAULT_CLIP_POLICY, ...change };
  const tail = policy.tailMs === DEFAULT_CLIP_POLICY.tailMs ? '' : `, tail ${policy.tailMs}`;
  const zeros = zerosBeforeMs + zerosAfterMs === 0 ? '' : `, zeros ${zerosBeforeMs} + ${zerosAfterMs}`;
  return { name: `${policy.hangoverMs} / ${policy.preRollMs}${tail}${zeros}`, policy, zerosBeforeMs, zerosAfterMs };
}

/** From the quickest answer and the least audio up: of equals the first one is chosen. */
const GRID = HANGOVERS_MS.flatMap((hangoverMs) => PRE_ROLLS_MS.map((preRollMs) => createVariant({ hangoverMs, preRollMs })));
/** One change at a time to the default policy. */
const TAILS = [
  createVariant({ tailMs: 288, maybeEndMs: 288 }),
  createVariant({}, ZEROS_MS, 0),
  createVariant({}, 0, ZEROS_MS),
  createVariant({}, ZEROS_MS, ZEROS_MS),
];

/** Reads every recording of a group and asks the speech model once about each of its frames. */
async function readSources(): Promise<Source[]> {
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(runtime, files.model);
  const detector = new SpeechDetector({ model });
  const read = async (recording: DevRecording, group: Group): Promise<Source> => {
    const samples = await readDevSamples(recording);
    detector.reset();
    const events = [...(await detector.push(samples)), ...(await detector.flush('stop'))];
    return { recording, group, samples, probabilities: events.flatMap((event) => (event.type === 'frame' ? [event.probability] : [])) };
  };
  const sources: Source[] = [];
  for (const recording of readDevRecordings('manifest.jsonl')) {
    const group = GROUP_OF_CATEGORY[recording.category ?? ''];
    if (group) {
      sources.push(await read(recording, group));
    }
  }
  for (const recording of readDevRecordings('commands.jsonl')) {
    sources.push(await read(recording, 'commands'));
  }
  return sources;
}

/** Gives the probabilities again, so that the detector itself cuts under every policy without the model. */
function replay(probabilities: readonly number[]): VadModel {
  let frame = 0;
  return {
    sampleRateHz: 16000,
    frameSamples: 512,
    process: async () => probabilities[frame++] ?? Number.NaN,
    reset: () => {
      frame = 0;
    },
    close: async () => undefined,
  };
}

/** The texts of clips, so that a clip that several policies cut alike is decoded once. */
class TextCache {
  readonly #transcribe: Transcribe;
  readonly #texts = new Map<string, string>();
  readonly #waiting = new Map<string, { readonly variant: Variant; readonly clip: CutClip }>();
  #waitingSamples = 0;

  constructor(transcribe: Transcribe) {
    this.#transcribe = transcribe;
  }

  plan(variant: Variant, source: Source, clip: CutClip): void {
    const key = this.#keyOf(variant, source, clip);
    if (!this.#waiting.has(key)) {
      this.#waiting.set(key, { variant, clip });
      this.#waitingSamples += clip.samples.length;
    }
  }

  textOf(variant: Variant, source: Source, clip: CutClip): string {
    const text = this.#texts.get(this.#keyOf(variant, source, clip));
    if (text === undefined) {
      throw new Error('a clip must be planned before its text is asked for');
    }
    return text;
  }

  /** Decodes whatever is planned, with a line of progress now and then. */
  async fill(): Promise<void> {
    const startedAtMs = performance.now();
    let toldAtMs = startedAtMs;
    let doneSamples = 0;
    progress(`${this.#waiting.size} different clips, ${seconds(this.#waitingSamples)} s of audio`);
    for (const [key, { variant, clip }] of this.#waiting) {
      this.#texts.set(key, await this.#transcribe({ ...clip, samples: padWithZeros(variant, clip.samples) }));
      doneSamples += clip.samples.length;
      const nowMs = performance.now();
      if (nowMs - toldAtMs > PROGRESS_INTERVAL_MS) {
        toldAtMs = nowMs;
        const leftMs = (nowMs - startedAtMs) * Math.max(0, this.#waitingSamples / doneSamples - 1);
        progress(`${seconds(doneSamples)} of ${seconds(this.#waitingSamples)} s decoded, ${Math.ceil(leftMs / 1000)} s left`);
      }
    }
    this.#waiting.clear();
    this.#waitingSamples = 0;
  }

  #keyOf({ zerosBeforeMs, zerosAfterMs }: Variant, { recording }: Source, { startSample, endSample }: CutClip): string {
    return [recording.audio_filepath, startSample, endSample, zerosBeforeMs, zerosAfterMs].join(' ');
  }
}

function padWithZeros({ zerosBeforeMs, zerosAfterMs }: Variant, samples: Float32Array): Float32Array {
  const padded = new Float32Array(samples.length + (zerosBeforeMs + zerosAfterMs) * SAMPLES_PER_MS);
  padded.set(samples, zerosBeforeMs * SAMPLES_PER_MS);
  return padded;
}

/** Cuts and transcribes every recording in every way. */
async function sweep(variants: readonly Variant[], sources: readonly Source[], transcribe: Transcribe): Promise<Row[]> {
  const cache = new TextCache(transcribe);
  const cutsOf = new Map<Variant, { source: Source; clips: CutClip[] }[]>();
  for (const variant of variants) {
    const cuts = [];
    for (const source of sources) {
      const detector = new SpeechDetector({ model: replay(source.probabilities), policy: variant.policy });
      const clips = await cutClips(detector, source.samples);
      for (const clip of clips) {
        cache.plan(variant, source, clip);
      }
      cuts.push({ source, clips });
    }
    cutsOf.set(variant, cuts);
  }
  await cache.fill();
  return [...cutsOf].map(([variant, cuts]) => {
    const textOf = (source: Source, clips: CutClip[]) => clips.map((clip) => cache.textOf(variant, source, clip));
    return createRow(
      variant.name,
      cuts.map(({ source, clips }) => ({ source, clips, text: joinTexts(textOf(source, clips)) })),
    );
  });
}

/** Plain greedy decoding of whole files. Its texts are those of the baseline; what it does not hold, we decode. */
async function decodeWholeFiles(sources: readonly Source[], transcribe: Transcribe): Promise<Row> {
  const baselineTexts = readBaselineTexts();
  const cuts: Cut[] = [];
  for (const source of sources) {
    const { recording, samples } = source;
    const text = baselineTexts.get(recording.audio_filepath) ?? (await transcribe({ samples }));
    cuts.push({ source, clips: [{ startSample: 0, endSample: samples.length, samples }], text: text.trim() });
  }
  return createRow('whole files, plain', cuts);
}

function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

async function measure(): Promise<void> {
  const { tails: triesTails } = readOptions(HELP_TEXT, {
    tails: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  if (!hasDevData()) {
    console.log(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
    return;
  }
  const sources = await readSources();
  await using recognizer = await loadMoonshine(runtime, await loadModelFiles('moonshine-tiny'));
  const transcribe: Transcribe = async (clip) => {
    const [transcript] = await recognizer.transcribe([clip]);
    if (!transcript) {
      throw new Error('the recognizer gave no transcript');
    }
    return transcript.text;
  };
  const rows = await sweep(triesTails ? [...GRID, ...TAILS] : GRID, sources, transcribe);
  reportRows([await decodeWholeFiles(sources, transcribe), ...rows]);
  reportChoice('hangover and pre-roll', rows.slice(0, GRID.length));
  if (triesTails) {
    reportChoice('all of these', rows);
  }
}

await runBenchmark(measure);
