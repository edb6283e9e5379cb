import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { countWordErrors, type ErrorCounts, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { type SpeechMoment, Talker } from '../../tests/support/talker.ts';
import { type JudgedRecording, shiftMoments } from './judged-speech.ts';
import { readTreeCpuSeconds } from './process-cpu.ts';
import { type Random, shuffle } from './seeded-random.ts';
import { counterGrowth, readServerMetrics } from './server-metrics.ts';

const SETTLE_LIMIT_MS = 60_000;
const MINIMUM_PAUSE_SAMPLES = 16_000;
const MAXIMUM_PAUSE_SAMPLES = 32_000;

/** What one person says in one round, in order. */
export interface Script {
  readonly recordings: readonly JudgedRecording[];
  readonly moments: readonly SpeechMoment[];
}

/** One answered clip. Times in milliseconds. */
interface ClipFigures {
  /** Client clock: `end` handed to the socket -> final received. */
  readonly latencyMs: number;
  /** Server clock: `end` received -> final sent. */
  readonly serverMs: number;
  readonly queueMs: number;
  readonly encoderMs: number;
  readonly decoderMs: number;
  readonly audioMs: number;
  readonly attempt: number;
  /** False for a part of speech that was cut at the longest clip while the person spoke on. */
  readonly isEndOfSpeech: boolean;
}

/** What a round of talkers saw. A figure that could not be taken is undefined. */
export interface RoundFigures {
  readonly clips: readonly ClipFigures[];
  readonly rejectedClips: number;
  /** Refusals that the server counted, by reason; a clip that was told to come back later counts here, not as rejected. */
  readonly refusals: Readonly<Record<string, number>> | undefined;
  readonly wordErrors: readonly ErrorCounts[] | undefined;
  readonly wallSeconds: number;
  readonly serverCpuSeconds: number | undefined;
  readonly serverLoopDelayP99Ms: number | undefined;
  readonly talkerLoopDelayP99Ms: number;
}

/** Deals recordings out of a pack that is shuffled anew whenever it is empty. */
export function* dealRecordings(recordings: readonly JudgedRecording[], random: Random): Generator<JudgedRecording, never> {
  while (true) {
    yield* shuffle(recordings, random);
  }
}

/** Puts recordings in a row: a random start within the first two seconds, then 1-2 s of silence between them. */
export function writeScript(recordings: readonly JudgedRecording[], random: Random): Script {
  const moments: SpeechMoment[] = [];
  let offsetSamples = Math.floor(random() * MAXIMUM_PAUSE_SAMPLES);
  for (const recording of recordings) {
    moments.push(...shiftMoments(recording.moments, offsetSamples));
    const pauseSamples = MINIMUM_PAUSE_SAMPLES + Math.floor(random() * (MAXIMUM_PAUSE_SAMPLES - MINIMUM_PAUSE_SAMPLES));
    // The silence in front of the next recording is the last part of this pause.
    offsetSamples += recording.samples.length + pauseSamples;
  }
  return { recordings, moments };
}

/** Lets one talker for each script speak at the same time, and waits for every answer. */
export async function converse(serverUrl: string, serverPid: number | undefined, scripts: readonly Script[]): Promise<RoundFigures> {
  const talkers = await Promise.all(scripts.map(() => Talker.create(serverUrl)));
  try {
    return await observe(serverUrl, serverPid, talkers, scripts);
  } finally {
    await Promise.all(talkers.map((talker) => talker[Symbol.asyncDispose]()));
  }
}

async function observe(
  serverUrl: string,
  serverPid: number | undefined,
  talkers: readonly Talker[],
  scripts: readonly Script[],
): Promise<RoundFigures> {
  const before = await readServerMetrics(serverUrl);
  const cpuBefore = serverPid === undefined ? undefined : readTreeCpuSeconds(serverPid);
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const startedAtMs = performance.now();
  await Promise.all(talkers.map((talker, index) => talker.replay(scripts[index]?.moments ?? [])));
  await Promise.all(talkers.map(waitForAnswers));
  const wallSeconds = (performance.now() - startedAtMs) / 1000;
  loopDelay.disable();
  const cpuAfter = serverPid === undefined ? undefined : readTreeCpuSeconds(serverPid);
  const after = await readServerMetrics(serverUrl);
  const loopDelaySeconds = after?.get('nodejs_eventloop_lag_p99_seconds');
  return {
    clips: talkers.flatMap((talker) => talker.finals.map(toFigures)),
    rejectedClips: talkers.reduce((count, talker) => count + talker.rejections.length, 0),
    refusals: before && after ? counterGrowth(before, after, 'outspoken_rejected_total', 'reason') : undefined,
    wordErrors: countErrors(talkers, scripts),
    wallSeconds,
    serverCpuSeconds: cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
    serverLoopDelayP99Ms: loopDelaySeconds === undefined ? undefined : loopDelaySeconds * 1000,
    talkerLoopDelayP99Ms: loopDelay.percentile(99) / 1e6,
  };
}

async function waitForAnswers(talker: Talker): Promise<void> {
  const ended = new AbortController();
  const limit = wait(SETTLE_LIMIT_MS, 'late' as const, { signal: ended.signal }).catch(() => 'stopped' as const);
  const outcome = await Promise.race([talker.settled(), limit]);
  ended.abort();
  if (outcome === 'late') {
    const missing = talker.clipIds.length - talker.finals.length - talker.rejections.length;
    throw new Error(`${missing} clips have no answer after ${SETTLE_LIMIT_MS / 1000} s, the client is ${talker.client.state}`);
  }
}

function toFigures({ final, endToFinalMs }: Talker['finals'][number]): ClipFigures {
  const { serverMs, queueMs, encoderMs, decoderMs } = final.timings;
  const { attempt, receivedSamples, continues } = final;
  return {
    latencyMs: endToFinalMs,
    serverMs,
    queueMs,
    encoderMs,
    decoderMs,
    audioMs: receivedSamples / 16,
    attempt,
    isEndOfSpeech: !continues,
  };
}

function countErrors(talkers: readonly Talker[], scripts: readonly Script[]): ErrorCounts[] | undefined {
  const errors: ErrorCounts[] = [];
  for (const [index, talker] of talkers.entries()) {
    const texts = scripts[index]?.recordings.map(({ text }) => text) ?? [];
    if (texts.includes(undefined)) {
      return undefined;
    }
    errors.push(countWordErrors(texts.join(' '), talker.text, WHISPER_ENGLISH));
  }
  return errors;
}
