/**
 * Claim: a talker reads the final transcript a moment after the end of speech was sent, alone and beside seven others.
 *
 *   npx -y pnpm@10 exec tsx --conditions=@outspoken/source benchmarks/latency.ts [--talkers 1,8] [--rounds 3] [--help]
 *
 * Starts the real server and lets real clients speak to it in real time. The speech detector runs beforehand, once for each
 * recording, and its events are replayed when they are due: on real devices it costs the server nothing.
 */

import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { ServerProcess } from '../tests/support/server-process.ts';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { converse, dealRecordings, type RoundFigures, writeScript } from './support/conversation.ts';
import { type JudgedRecording, judgeRecordings } from './support/judged-speech.ts';
import { quantile, sum } from './support/quantiles.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { createRandom } from './support/seeded-random.ts';

const HELP = `
Latency from the end of speech to the final transcript, by number of talkers.

  --talkers N,N,...   talkers at once; each number is measured in every round (default 1,8)
  --rounds N          rounds (default 3)
  --recordings N      recordings that each talker says in a round (default 12)
  --folder FOLDER     recordings to say instead of the project's fixtures: manifest.jsonl or sound files with .txt beside them
  --server URL        a server that runs already, instead of one of our own; its processor time is not measured
  --workers N         recognition processes of our own server (default: its own default)
  --seed N            order of the recordings and lengths of the pauses (default 1)
`;
/** Below it the transcript was there when the end of speech came. */
const SPECULATION_LIMIT_MS = 5;

interface Settings {
  readonly talkerCounts: readonly number[];
  readonly rounds: number;
  readonly recordingsPerRound: number;
  readonly seed: number;
}

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    talkers: { type: 'string', default: '1,8' },
    rounds: { type: 'string', default: '3' },
    recordings: { type: 'string', default: '12' },
    folder: { type: 'string' },
    server: { type: 'string' },
    workers: { type: 'string' },
    seed: { type: 'string', default: '1' },
  });
  const settings: Settings = {
    talkerCounts: options.talkers.split(',').map((count) => readInteger('--talkers', count, 1)),
    rounds: readInteger('--rounds', options.rounds, 1),
    recordingsPerRound: readInteger('--recordings', options.recordings, 1),
    seed: readInteger('--seed', options.seed, 0),
  };
  const machine = describeMachine();
  const recordings = loadRecordings(options.folder);
  progress(`running the detector over ${recordings.length} recordings`);
  const judged = await judgeRecordings(recordings);
  await using server = options.server === undefined ? await startServer(options.workers) : await findServer(options.server);
  const figures = await runRounds(settings, server, judged);

  console.log(`${formatMachine(machine)}; seed ${settings.seed}`);
  for (const [talkers, rounds] of figures) {
    console.log(describe(talkers, rounds));
  }
  const { maybeEndMs, hangoverMs } = DEFAULT_CLIP_POLICY;
  console.log(
    `\na person also waits the ${hangoverMs} ms of silence that end a clip; decoding may start ${hangoverMs - maybeEndMs} ms before that`,
  );
  const results = [...figures].map(([talkers, rounds]) => ({ talkers, ...summarise(rounds), rounds }));
  writeResult('latency', machine, { settings, normaliser: WHISPER_ENGLISH.id, results });
}

async function startServer(workers: string | undefined): Promise<ServerProcess> {
  const flags = workers === undefined ? [] : ['--workers', String(readInteger('--workers', workers, 1))];
  const server = await ServerProcess.start(['--log-level', 'warn', ...flags]);
  progress(`our server: ${server.url}`);
  return server;
}

async function findServer(url: string): Promise<Server> {
  // A base without its last slash would lose its last part when paths are resolved against it.
  const base = url.endsWith('/') ? url : `${url}/`;
  const answer = URL.canParse(base) ? await fetch(new URL('readyz', base)).catch(() => undefined) : undefined;
  if (!answer?.ok) {
    throw new UsageError(`no server is ready at ${url}${answer ? `, it answered ${answer.status}` : ''}`);
  }
  return { url: base, pid: undefined, [Symbol.asyncDispose]: async () => undefined };
}

async function runRounds(settings: Settings, server: Server, recordings: readonly JudgedRecording[]): Promise<Map<number, RoundFigures[]>> {
  const { talkerCounts, rounds, recordingsPerRound, seed } = settings;
  const random = createRandom(seed);
  const pack = dealRecordings(recordings, random);
  const writeScripts = (talkers: number, count: number) =>
    Array.from({ length: talkers }, () =>
      writeScript(
        Array.from({ length: count }, () => pack.next().value),
        random,
      ),
    );
  progress('warming up');
  await converse(server.url, server.pid, writeScripts(Math.max(...talkerCounts), 1));
  const figures = new Map<number, RoundFigures[]>(talkerCounts.map((talkers) => [talkers, []]));
  for (let round = 1; round <= rounds; round += 1) {
    // Every other round runs backwards, so that none is always the one after the rest of another.
    for (const talkers of round % 2 === 1 ? talkerCounts : [...talkerCounts].reverse()) {
      const result = await converse(server.url, server.pid, writeScripts(talkers, recordingsPerRound));
      figures.get(talkers)?.push(result);
      const { clips, latency } = summarise([result]);
      progress(`round ${round} of ${rounds}, ${talkers} talkers: ${clips} clips, ${format(latency)}`);
    }
  }
  return figures;
}

interface Quantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

interface Summary {
  readonly clips: number;
  readonly wallSeconds: number;
  /** Speech that ended; parts of speech that went on are apart. */
  readonly latency: Quantiles;
  readonly splitParts: number;
  readonly splitLatency: Quantiles | undefined;
  readonly server: Quantiles;
  readonly speculatedRatio: number;
  readonly rejectedClips: number;
  readonly refusals: Readonly<Record<string, number>> | undefined;
  readonly wordErrorRatio: number | undefined;
  readonly referenceWords: number | undefined;
  readonly audioSeconds: number;
  readonly serverCpuSeconds: number | undefined;
  readonly serverLoopDelayP99Ms: number | undefined;
  readonly talkerLoopDelayP99Ms: number;
}

function summarise(rounds: readonly RoundFigures[]): Summary {
  const clips = rounds.flatMap((round) => round.clips);
  const ended = clips.filter(({ isEndOfSpeech }) => isEndOfSpeech);
  const split = clips.filter(({ isEndOfSpeech }) => !isEndOfSpeech);
  const errors = sumIfAll(
    rounds.map(({ wordErrors }) => wordErrors && sumErrors(wordErrors)),
    sumErrors,
  );
  return {
    clips: clips.length,
    wallSeconds: sum(rounds.map(({ wallSeconds }) => wallSeconds)),
    latency: quantilesOf(ended.map(({ latencyMs }) => latencyMs)),
    splitParts: split.length,
    splitLatency: split.length === 0 ? undefined : quantilesOf(split.map(({ latencyMs }) => latencyMs)),
    server: quantilesOf(ended.map(({ serverMs }) => serverMs)),
    speculatedRatio: ended.filter(({ serverMs }) => serverMs < SPECULATION_LIMIT_MS).length / ended.length,
    rejectedClips: sum(rounds.map(({ rejectedClips }) => rejectedClips)),
    refusals: sumIfAll(
      rounds.map(({ refusals }) => refusals),
      addCounts,
    ),
    wordErrorRatio: errors && errorRatio(errors),
    referenceWords: errors?.referenceCount,
    audioSeconds: sum(clips.map(({ audioMs }) => audioMs)) / 1000,
    serverCpuSeconds: sumIfAll(
      rounds.map(({ serverCpuSeconds }) => serverCpuSeconds),
      sum,
    ),
    serverLoopDelayP99Ms: sumIfAll(
      rounds.map(({ serverLoopDelayP99Ms }) => serverLoopDelayP99Ms),
      (delays) => Math.max(...delays),
    ),
    talkerLoopDelayP99Ms: Math.max(...rounds.map(({ talkerLoopDelayP99Ms }) => talkerLoopDelayP99Ms)),
  };
}

/** Combines the values, or nothing when one is missing: half a total would pass for a whole one. */
function sumIfAll<T>(values: readonly (T | undefined)[], combine: (values: readonly T[]) => T): T | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? combine(known) : undefined;
}

function addCounts(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [name, count] of parts.flatMap((part) => Object.entries(part))) {
    total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

function quantilesOf(values: readonly number[]): Quantiles {
  return { p50Ms: quantile(values, 0.5), p95Ms: quantile(values, 0.95), p99Ms: quantile(values, 0.99) };
}

function describe(talkers: number, rounds: readonly RoundFigures[]): string {
  const summary = summarise(rounds);
  const { clips, splitParts, splitLatency, audioSeconds, serverCpuSeconds, serverLoopDelayP99Ms, referenceWords } = summary;
  const perRound = rounds.map((round) => summarise([round]).latency);
  const refusals = summary.refusals && Object.entries(summary.refusals);
  return `
${talkers === 1 ? '1 talker' : `${talkers} talkers`}: ${clips} clips, ${audioSeconds.toFixed(0)} s of speech in ${summary.wallSeconds.toFixed(0)} s, ${(audioSeconds / summary.wallSeconds).toFixed(2)} s per second
  end of speech sent -> final received   ${format(summary.latency)}${clips - splitParts < 100 ? '  (fewer than 100 clips: p99 is the longest)' : ''}
    each round                           p50 ${perRound.map(({ p50Ms }) => p50Ms.toFixed(1)).join(', ')}  p95 ${perRound.map(({ p95Ms }) => p95Ms.toFixed(1)).join(', ')} ms
  parts of speech cut while it went on   ${splitLatency ? `${splitParts}: ${format(splitLatency)}` : 'none'}
  end received -> final sent (server)    ${format(summary.server)}
  answered by speculation                ${(100 * summary.speculatedRatio).toFixed(1)} % (server below ${SPECULATION_LIMIT_MS} ms)
  refusals                               ${refusals ? refusals.map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none' : 'unknown, the server shows no metrics'}; clips rejected for good ${summary.rejectedClips}
  word error rate                        ${summary.wordErrorRatio === undefined ? 'not measured, texts are missing' : `${(100 * summary.wordErrorRatio).toFixed(2)} % of ${referenceWords} words (${WHISPER_ENGLISH.id})`}
  processor time of server and workers   ${serverCpuSeconds === undefined ? 'not measured' : `${serverCpuSeconds.toFixed(1)} s, ${(serverCpuSeconds / audioSeconds).toFixed(3)} s per second of speech`}
  event-loop delay p99, worst round      of which 10 ms are the sampling: server ${serverLoopDelayP99Ms === undefined ? 'unknown' : `${serverLoopDelayP99Ms.toFixed(1)} ms`}, talkers ${summary.talkerLoopDelayP99Ms.toFixed(1)} ms`;
}

function format({ p50Ms, p95Ms, p99Ms }: Quantiles): string {
  return `p50 ${p50Ms.toFixed(1)}  p95 ${p95Ms.toFixed(1)}  p99 ${p99Ms.toFixed(1)} ms`;
}

await runBenchmark(measure);
