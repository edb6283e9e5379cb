import { readInteger, readOptions, UsageError } from '../support/command-line.ts';
import type { Limits } from './step-figures.ts';
import { MODES, type Mode } from './step-plan.ts';
import type { PeerSetting } from './targets.ts';

const HELP = `
How much load a server carries, and where it stops: queries per second, audio seconds per second, latency from the end of speech
to its final. Finds the knee of each mode by bisection and leaves a JSON file and an HTML page in benchmarks/results.

  --modes LIST              which of talkers,open,closed (default all)
                              talkers  people who speak in real time, each on a socket
                              open     whole clips at random moments (Poisson), whether or not the server keeps up
                              closed   sockets that send the next clip when the last one was answered
  --peer sherpa|none        also drive a plain server around sherpa-onnx-node with the same weights, in turns (default sherpa)
  --peer-setting PxAxT      the peer as P processes, A clips at once in each, T threads for a clip (default: the best of three tried)
  --data NAME               fixtures, dev (../shared/data/dev, needs ffmpeg) or a folder (default dev where it is, else
                            fixtures; with --quick always fixtures)
  --folder FOLDER           recordings of your own: manifest.jsonl, or sound files with .txt beside them; needs ffmpeg
  --server URL              a server that runs already, instead of one of our own; its processes are not measured
  --workers N               recognition processes of our own server (default: its own default)
  --effort NAME             fast, balanced, best or auto, for our own server (default: its own default)
  --rounds N                times that every knee is looked for; the spread is over them (default 3)
  --quick                   about two minutes: one round of short steps; good for trying out, not for figures

what counts as carried:
  --talkers-p95-ms N        95th percentile of the latency of talkers (default 500)
  --batch-p95-ms N          the same in open and closed (default 1500)
  --trouble-percent N       clips refused at least once, rejected or unanswered (default 1)
  --goodput-percent N       clips answered within that latency after the step (default 95)

how long and how fine:
  --resolution RATIO        distance of the last carried load to the first that was not (default 0.1)
  --step-seconds N          shortest step (default 15)
  --longest-step-seconds N  longest step (default 40)
  --minimum-clips N         clips that a step waits for, within its longest time (default 80)
  --warm-up-seconds N       load before each step that is not measured (default 5)
  --maximum-steps N         steps of one search (default 12)
  --start-talkers N, --start-clips-per-second N, --start-sockets N   first loads (default 16, 8, 4)
  --sockets N               sockets of the open loop (default 32)
  --seed N                  order of the clips and their moments (default 1)

  --compare                 A.json B.json: differences of two runs, and which of them are beyond noise

examples:
  npx -y pnpm@10 bench:qps --quick
  npx -y pnpm@10 bench:qps --modes talkers --peer none --talkers-p95-ms 300
  npx -y pnpm@10 bench:qps --server https://speech.example/ --peer none --folder ./calls
  npx -y pnpm@10 bench:qps --compare benchmarks/results/qps-A.json benchmarks/results/qps-B.json
`;

const EFFORTS = ['fast', 'balanced', 'best', 'auto'] as const;
const DEFAULTS = { 'step-seconds': '15', 'longest-step-seconds': '40', 'minimum-clips': '80', 'warm-up-seconds': '5' };
const QUICK = { 'step-seconds': '2', 'longest-step-seconds': '4', 'minimum-clips': '20', 'warm-up-seconds': '1' };

/** All that a run was told. Times in milliseconds. */
export interface QpsSettings {
  readonly modes: readonly Mode[];
  readonly hasPeer: boolean;
  /** How the peer runs; what does best here when absent. */
  readonly peerSetting: PeerSetting | undefined;
  readonly data: string | undefined;
  readonly serverUrl: string | undefined;
  readonly workers: number | undefined;
  readonly effort: (typeof EFFORTS)[number] | undefined;
  readonly rounds: number;
  readonly limits: Readonly<Record<Mode, Limits>>;
  readonly resolutionRatio: number;
  readonly stepMs: number;
  readonly longestStepMs: number;
  readonly minimumClips: number;
  readonly warmUpMs: number;
  readonly settleLimitMs: number;
  readonly maximumSteps: number;
  readonly startLoads: Readonly<Record<Mode, number>>;
  readonly sockets: number;
  readonly seed: number;
}

/** What the command line asks for. */
export type QpsCommand =
  | { readonly type: 'measure'; readonly settings: QpsSettings }
  | { readonly type: 'compare'; readonly paths: readonly [string, string] };

/** Reads the command line. */
export function readCommand(): QpsCommand {
  // The two files are not options, and the others take none.
  const compareAt = process.argv.indexOf('--compare');
  if (compareAt !== -1) {
    const [first, second, ...rest] = process.argv.slice(compareAt + 1);
    if (first === undefined || second === undefined || rest.length > 0 || compareAt !== 2) {
      throw new UsageError('--compare takes two JSON files and nothing else; see --help');
    }
    return { type: 'compare', paths: [first, second] };
  }
  return { type: 'measure', settings: readSettings() };
}

function readSettings(): QpsSettings {
  const options = readOptions(HELP, {
    modes: { type: 'string', default: MODES.join(',') },
    peer: { type: 'string', default: 'sherpa' },
    'peer-setting': { type: 'string' },
    data: { type: 'string' },
    folder: { type: 'string' },
    server: { type: 'string' },
    workers: { type: 'string' },
    effort: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'talkers-p95-ms': { type: 'string', default: '500' },
    'batch-p95-ms': { type: 'string', default: '1500' },
    'trouble-percent': { type: 'string', default: '1' },
    'goodput-percent': { type: 'string', default: '95' },
    resolution: { type: 'string' },
    'step-seconds': { type: 'string' },
    'longest-step-seconds': { type: 'string' },
    'minimum-clips': { type: 'string' },
    'warm-up-seconds': { type: 'string' },
    'maximum-steps': { type: 'string' },
    'start-talkers': { type: 'string', default: '16' },
    'start-clips-per-second': { type: 'string', default: '8' },
    'start-sockets': { type: 'string', default: '4' },
    sockets: { type: 'string', default: '32' },
    seed: { type: 'string', default: '1' },
  });
  if (options.data !== undefined && options.folder !== undefined) {
    throw new UsageError('--data and --folder say the same thing: give one of them');
  }
  if (options.peer !== 'sherpa' && options.peer !== 'none') {
    throw new UsageError(`--peer must be sherpa or none, got "${options.peer}"`);
  }
  const lengths = { ...(options.quick ? QUICK : DEFAULTS) };
  const length = (flag: keyof typeof DEFAULTS): number => readNumber(`--${flag}`, options[flag] ?? lengths[flag], 0);
  const stepMs = 1000 * length('step-seconds');
  const troubleRatio = readNumber('--trouble-percent', options['trouble-percent'], 0) / 100;
  const goodputRatio = readNumber('--goodput-percent', options['goodput-percent'], 0) / 100;
  const batch: Limits = { p95Ms: readNumber('--batch-p95-ms', options['batch-p95-ms'], 1), troubleRatio, goodputRatio };
  return {
    modes: readModes(options.modes),
    hasPeer: options.peer === 'sherpa',
    peerSetting: options['peer-setting'] === undefined ? undefined : readPeerSetting(options['peer-setting']),
    data: options.folder ?? options.data ?? (options.quick ? 'fixtures' : undefined),
    serverUrl: options.server,
    workers: options.workers === undefined ? undefined : readInteger('--workers', options.workers, 1),
    effort: options.effort === undefined ? undefined : readEffort(options.effort),
    rounds: readInteger('--rounds', options.rounds ?? (options.quick ? '1' : '3'), 1),
    limits: { talkers: { ...batch, p95Ms: readNumber('--talkers-p95-ms', options['talkers-p95-ms'], 1) }, open: batch, closed: batch },
    resolutionRatio: readNumber('--resolution', options.resolution ?? (options.quick ? '0.4' : '0.1'), 0.001),
    stepMs: Math.max(100, stepMs),
    longestStepMs: Math.max(100, stepMs, 1000 * length('longest-step-seconds')),
    minimumClips: length('minimum-clips'),
    warmUpMs: 1000 * length('warm-up-seconds'),
    settleLimitMs: options.quick ? 5_000 : 15_000,
    maximumSteps: readInteger('--maximum-steps', options['maximum-steps'] ?? (options.quick ? '4' : '12'), 1),
    startLoads: {
      talkers: readInteger('--start-talkers', options['start-talkers'], 1),
      open: readNumber('--start-clips-per-second', options['start-clips-per-second'], 0.25),
      closed: readInteger('--start-sockets', options['start-sockets'], 1),
    },
    sockets: readInteger('--sockets', options.sockets, 1),
    seed: readInteger('--seed', options.seed, 0),
  };
}

function readPeerSetting(value: string): PeerSetting {
  const [, processes, atOnce, threadsPerClip] = /^([1-9]\d?)x([1-9]\d?)x([1-9]\d?)$/.exec(value) ?? [];
  if (processes === undefined) {
    throw new UsageError(`--peer-setting must be three numbers such as 1x2x1, got "${value}"`);
  }
  return { processes: Number(processes), atOnce: Number(atOnce), threadsPerClip: Number(threadsPerClip) };
}

function readEffort(name: string): (typeof EFFORTS)[number] {
  const effort = EFFORTS.find((known) => known === name);
  if (effort === undefined) throw new UsageError(`--effort must be among ${EFFORTS.join(', ')}, got "${name}"`);
  return effort;
}

function readModes(list: string): Mode[] {
  return list.split(',').map((name) => {
    const mode = MODES.find((known) => known === name);
    if (mode === undefined) {
      throw new UsageError(`--modes must be among ${MODES.join(', ')}, got "${name}"`);
    }
    return mode;
  });
}

function readNumber(flag: string, value: string, minimum: number): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < minimum) {
    throw new UsageError(`${flag} must be a number of at least ${minimum}, got "${value}"`);
  }
  return number;
}
