/**
 * Claim: the memory of a worker stays at or below 300 MB and does not grow, however many clips of whatever length it has heard.
 *
 *   npx -y pnpm@10 bench:memory [--clips 2000] [--workers 2] [--effort fast|balanced|best] [--help]
 *
 * Workers as a server starts them, with its model and its environment, each hear clips of 1 to 15 seconds cut at random from the
 * recordings; the resident memory of their processes is read as they go.
 */
import { availableParallelism } from 'node:os';
import { EFFORTS, type Effort } from '@outspoken/asr';
import { LocalWorkers } from '@outspoken/server/engine';
import { spawnWorker } from '@outspoken/server-app/worker-process';
import { readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { readProcessTree } from './support/process-cpu.ts';
import { median, sum } from './support/quantiles.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { createRandom, type Random } from './support/seeded-random.ts';

const HELP = `
Resident memory of recognition processes, as a server starts them, while they hear many clips of mixed lengths.

  --clips N         clips for each worker to hear (default 2000)
  --workers N       processes side by side (default: one for each core)
  --effort EFFORT   ${EFFORTS.join(', ')} (default fast)
  --folder FOLDER   recordings to cut clips from instead of the project's fixtures
  --seed N          start of the random lengths (default 1)
`;
const SAMPLE_RATE_HZ = 16_000;
const SHORTEST_SECONDS = 1;
const LONGEST_SECONDS = 15;
/** At least 8, so that a quarter of them has a middle. */
const READINGS = 20;
const GOAL_MB = 300;

interface Reading {
  /** Heard by each worker, on average. */
  readonly clips: number;
  /** Of each worker, in bytes. */
  readonly memoryBytes: readonly number[];
}

/** A window of 1 to 15 seconds; windows run over the ends of recordings, as if they had been spoken in one go. */
function cutWindow(speech: Float32Array, random: Random): Float32Array {
  const length = Math.floor(SAMPLE_RATE_HZ * (SHORTEST_SECONDS + (LONGEST_SECONDS - SHORTEST_SECONDS) * random()));
  const start = Math.floor(random() * (speech.length - length));
  return speech.slice(start, start + length);
}

function joinSpeech(folder: string | undefined): Float32Array {
  const parts = loadRecordings(folder).map(({ samples }) => samples);
  const speech = new Float32Array(sum(parts.map(({ length }) => length)));
  let start = 0;
  for (const part of parts) {
    speech.set(part, start);
    start += part.length;
  }
  if (speech.length < LONGEST_SECONDS * SAMPLE_RATE_HZ) throw new UsageError('the recordings must be longer than 15 s in all');
  return speech;
}

function readEffort(value: string): Effort {
  const effort = EFFORTS.find((name) => name === value);
  if (!effort) throw new UsageError(`--effort must be ${EFFORTS.join(', ')}, got "${value}"`);
  return effort;
}

/** @param pids - In the order of the figures. */
function readMemory(pids: readonly number[]): number[] {
  const tree = readProcessTree(process.pid);
  if (!tree) throw new UsageError('the memory of a process is read from /proc or by ps, and this machine has neither');
  return pids.map((pid) => tree.find((member) => member.pid === pid)?.memoryBytes ?? Number.NaN);
}

const inMb = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** The first readings are those of buffers that still find their size. */
function report(readings: readonly Reading[], workers: number): void {
  const quarter = Math.floor(readings.length / 4);
  for (let worker = 0; worker < workers; worker += 1) {
    const bytes = readings.map(({ memoryBytes }) => memoryBytes[worker] ?? Number.NaN);
    const [early, late] = [median(bytes.slice(quarter, 2 * quarter)), median(bytes.slice(-quarter))];
    const growth = (100 * (late - early)) / early;
    console.log(
      `worker ${worker + 1}: median of the second quarter ${inMb(early)} MB, of the last ${inMb(late)} MB ` +
        `(${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %), at most ${inMb(Math.max(...bytes))} MB; goal ${GOAL_MB} MB`,
    );
  }
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    clips: { type: 'string', default: '2000' },
    workers: { type: 'string', default: String(availableParallelism()) },
    effort: { type: 'string', default: 'fast' },
    folder: { type: 'string' },
    seed: { type: 'string', default: '1' },
  });
  const clipCount = readInteger('--clips', options.clips, READINGS);
  const workerCount = readInteger('--workers', options.workers, 1);
  const effort = readEffort(options.effort);
  const random = createRandom(readInteger('--seed', options.seed, 0));
  const speech = joinSpeech(options.folder);
  const machine = describeMachine();
  const pids: number[] = [];
  const workers = new LocalWorkers({
    workers: workerCount,
    spawn: () => {
      const child = spawnWorker({ model: 'moonshine-tiny', graph: 'auto', threadsPerWorker: 1, logLevel: 'warn' });
      pids.push(child.pid ?? 0);
      return child;
    },
  });
  try {
    await workers.ready();
    console.log(
      `${formatMachine(machine)}\n${workerCount} workers, each ${clipCount} clips of ${SHORTEST_SECONDS}-${LONGEST_SECONDS} s, ` +
        `${effort}, graph: ${workers.model.graph}`,
    );
    const readings: Reading[] = [];
    let begun = 0;
    let heard = 0;
    const hear = async (): Promise<void> => {
      while (begun < clipCount * workerCount) {
        begun += 1;
        const [outcome] = workers.run([{ jobId: String(begun), samples: cutWindow(speech, random), effort }]);
        await outcome;
        heard += 1;
        if (heard < ((readings.length + 1) * clipCount * workerCount) / READINGS) continue;
        const memoryBytes = readMemory(pids);
        readings.push({ clips: Math.round(heard / workerCount), memoryBytes });
        console.log(
          `${String(Math.round(heard / workerCount)).padStart(6)} clips  ${memoryBytes.map((bytes) => `${inMb(bytes).padStart(5)} MB`).join('  ')}`,
        );
      }
    };
    while (workers.idleSlots < workerCount) await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all(Array.from({ length: workerCount }, hear));
    report(readings, workerCount);
    writeResult('memory', machine, { clips: clipCount, effort, graph: workers.model.graph, seed: options.seed, readings });
  } finally {
    await workers.close();
  }
}

await runBenchmark(measure);
