/**
 * Claim: with the same weights and one thread our recognizer gives the same texts as a plain peer, at about its speed.
 *
 *   npx -y pnpm@10 exec tsx --conditions=@outspoken/source benchmarks/recognizer.ts [--rounds 5] [--details] [--help]
 *
 * The peer is sherpa-onnx-node, native code around the very same Moonshine Tiny files. The clips are those that our speech
 * detector cuts out of the recordings. Both hear each clip in turn, the order changes each time, and only one works at a time.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { clipsOf, judgeRecordings } from './support/judged-speech.ts';
import { median, quantile, sum } from './support/quantiles.ts';
import type { RecognizerName, TimedText } from './support/recognizer-process.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
Speed and texts of our recognizer and of sherpa-onnx, same weights, same clips, one thread each.

  --rounds N        times that both hear every clip (default 5)
  --clips N         only the first N clips (default all)
  --folder FOLDER   recordings to cut clips from instead of the project's fixtures
  --details         show the texts that differ
`;
const NAMES = ['outspoken', 'sherpa-onnx'] as const satisfies readonly RecognizerName[];
const WARM_UP_CLIPS = 2;

/** What one recognizer did with one clip, in every round. */
interface ClipRuns {
  readonly text: string;
  readonly wallMs: readonly number[];
  readonly cpuMs: readonly number[];
}

interface ComparedClip {
  readonly audioMs: number;
  readonly runs: Readonly<Record<RecognizerName, ClipRuns>>;
}

/** A recognizer in its own process. */
class RecognizerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(name: RecognizerName): Promise<RecognizerProcess> {
    const child = fork(fileURLToPath(new URL('support/recognizer-process.ts', import.meta.url)), [name], { serialization: 'advanced' });
    const process = new RecognizerProcess(child);
    await process.#nextAnswer(`${name} did not load`);
    return process;
  }

  async transcribe(samples: Float32Array): Promise<TimedText> {
    const answered = this.#nextAnswer('the recognizer died on a clip');
    this.#child.send(samples);
    return await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  async #nextAnswer(complaint: string): Promise<TimedText> {
    const over = new AbortController();
    try {
      const answered = once(this.#child, 'message', { signal: over.signal }).then(([timed]) => timed as TimedText);
      const died = once(this.#child, 'exit', { signal: over.signal }).then(([code, signal]) => {
        throw new UsageError(`${complaint}: its process ended with ${code ?? signal}, see above`);
      });
      return await Promise.race([answered, died]);
    } finally {
      over.abort();
    }
  }
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    rounds: { type: 'string', default: '5' },
    clips: { type: 'string' },
    folder: { type: 'string' },
    details: { type: 'boolean', default: false },
  });
  const rounds = readInteger('--rounds', options.rounds, 1);
  const clipLimit = options.clips === undefined ? undefined : readInteger('--clips', options.clips, 1);
  const machine = describeMachine();
  progress('cutting clips');
  const clips = (await judgeRecordings(loadRecordings(options.folder))).flatMap(clipsOf).slice(0, clipLimit);
  const compared = await compare(clips, rounds);

  console.log(`${formatMachine(machine)}; ${clips.length} clips, ${rounds} rounds, one thread each`);
  report(compared);
  const differing = compared.filter(({ runs }) => runs['outspoken'].text !== runs['sherpa-onnx'].text);
  console.log(`same text: ${compared.length - differing.length} of ${compared.length}`);
  if (options.details) {
    for (const { runs } of differing) {
      console.log(NAMES.map((name) => `  ${name.padEnd(12)} ${runs[name].text}`).join('\n'), '\n');
    }
  }
  writeResult('recognizer', machine, { rounds, threads: 1, clips: compared });
}

async function compare(clips: readonly Float32Array[], rounds: number): Promise<ComparedClip[]> {
  await using ours = await RecognizerProcess.start('outspoken');
  await using peer = await RecognizerProcess.start('sherpa-onnx');
  const processes = { outspoken: ours, 'sherpa-onnx': peer } as const;
  const timed = clips.map(() => ({ outspoken: [] as TimedText[], 'sherpa-onnx': [] as TimedText[] }));
  for (const clip of clips.slice(0, WARM_UP_CLIPS)) {
    await ours.transcribe(clip);
    await peer.transcribe(clip);
  }
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}`);
    for (const [index, clip] of clips.entries()) {
      for (const name of (round + index) % 2 === 0 ? NAMES : NAMES.toReversed()) {
        timed[index]?.[name].push(await processes[name].transcribe(clip));
      }
    }
  }
  return timed.map((runs, index) => ({
    audioMs: (clips[index]?.length ?? 0) / 16,
    runs: { outspoken: toRuns(runs.outspoken), 'sherpa-onnx': toRuns(runs['sherpa-onnx']) },
  }));
}

function toRuns(timed: readonly TimedText[]): ClipRuns {
  const texts = new Set(timed.map(({ text }) => text));
  if (texts.size > 1) {
    throw new Error('a recognizer gave two texts for one clip: its decoding is not greedy, or its state leaks');
  }
  return { text: timed[0]?.text ?? '', wallMs: timed.map(({ wallMs }) => wallMs), cpuMs: timed.map(({ cpuMs }) => cpuMs) };
}

function report(compared: readonly ComparedClip[]): void {
  const audioMs = sum(compared.map((clip) => clip.audioMs));
  for (const name of NAMES) {
    const wallMs = sum(compared.map(({ runs }) => median(runs[name].wallMs)));
    const bestMs = sum(compared.map(({ runs }) => Math.min(...runs[name].wallMs)));
    const cpuMs = sum(compared.map(({ runs }) => median(runs[name].cpuMs)));
    console.log(
      `${name.padEnd(12)} ${(audioMs / wallMs).toFixed(1)} times real time (median of each clip; best of each clip ${(audioMs / bestMs).toFixed(1)}), ` +
        `processor ${(cpuMs / audioMs).toFixed(4)} s per second of audio`,
    );
  }
  // Clip by clip and round by round: the two runs of a pair saw the same load of the machine.
  const wallRatios = ratios(compared, 'wallMs');
  const cpuRatios = ratios(compared, 'cpuMs');
  console.log(`sherpa-onnx takes ${formatSpread(wallRatios)} times as long, ${formatSpread(cpuRatios)} times the processor time`);
}

function ratios(compared: readonly ComparedClip[], figure: 'wallMs' | 'cpuMs'): number[] {
  return compared.flatMap(({ runs }) =>
    runs['sherpa-onnx'][figure].map((peerMs, round) => peerMs / (runs['outspoken'][figure][round] ?? Number.NaN)),
  );
}

function formatSpread(values: readonly number[]): string {
  const [low, middle, high] = [0.1, 0.5, 0.9].map((ratio) => quantile(values, ratio).toFixed(2));
  return `${middle} (10th to 90th percentile ${low}-${high})`;
}

await runBenchmark(measure);
