import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareResults, formatComparison } from '../benchmarks/qps/comparison.ts';
import { KneeSearch, type KneeSearchOptions } from '../benchmarks/qps/knee.ts';
import { kneeRatios } from '../benchmarks/qps/knee-run.ts';
import { mergeAudio } from '../benchmarks/qps/load-recording.ts';
import type { ClipListener, LoadSocket } from '../benchmarks/qps/load-socket.ts';
import { poissonSchedule, runOpenLoop } from '../benchmarks/qps/open-loop.ts';
import { drawPlot, logTicks } from '../benchmarks/qps/plot.ts';
import type { KneeFigures, QpsResult } from '../benchmarks/qps/qps-result.ts';
import { renderReport } from '../benchmarks/qps/report-page.ts';
import { type StepFigures, type StepInput, stepFigures } from '../benchmarks/qps/step-figures.ts';
import { StepLog } from '../benchmarks/qps/step-log.ts';
import type { ClipRow, LoadClip, LoadRecording, SpokenMoment, StepPlan } from '../benchmarks/qps/step-plan.ts';
import { runTalkers } from '../benchmarks/qps/talker-loop.ts';
import { quantile } from '../benchmarks/support/quantiles.ts';
import { createRandom } from '../benchmarks/support/seeded-random.ts';

const SEED = 20261125;
const END = {
  reason: 'silence',
  continues: false,
  evidence: { voicedMs: 100, peakProbability: 1, meanProbability: 1 },
  levelDbfs: -20,
} as const;
const CLIP: LoadClip = { samples: new Int16Array(1600), end: END };
const PLAN: StepPlan = {
  target: { name: 'outspoken', protocol: 'asr.v1', urls: ['http://127.0.0.1/'] },
  mode: 'open',
  load: 10,
  socketCount: 1,
  warmUpMs: 0,
  windowMs: 1_000,
  settleLimitMs: 1_000,
  seed: 1,
};

/** Answers every clip at once; what is done at its start can take as long as it likes. */
class ImmediateSocket implements LoadSocket {
  readonly pendingCount = 0;
  readonly sent: number[] = [];
  readonly #onStart: (count: number) => void;

  constructor(onStart: (count: number) => void = () => undefined) {
    this.#onStart = onStart;
  }

  startClip(_start: unknown, listener: ClipListener) {
    let sampleCount = 0;
    this.#onStart(this.sent.length);
    return {
      clipId: 'clip',
      push: (samples: Int16Array) => {
        sampleCount += samples.length;
      },
      maybeEnd: () => undefined,
      end: () => {
        this.sent.push(sampleCount);
        listener.answered({ type: 'final', text: '', effort: undefined });
      },
      cancel: () => undefined,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

describe('the search for the knee', () => {
  const options: KneeSearchOptions = {
    startLoad: 8,
    minimumLoad: 1,
    maximumLoad: 1_000,
    growthFactor: 2,
    resolutionRatio: 0.1,
    isWhole: false,
    maximumSteps: 100,
  };

  function search(searchOptions: KneeSearchOptions, isCarried: (load: number) => boolean) {
    const knees = new KneeSearch(searchOptions);
    const tried: number[] = [];
    for (let load = knees.next; load !== undefined; load = knees.next) {
      tried.push(load);
      knees.record(isCarried(load));
    }
    return { ...knees.knee, tried };
  }

  test('encloses any knee to the resolution, in few steps, without trying a load twice', () => {
    const knee = fc.double({ min: 1.01, max: 999, noNaN: true });
    const start = fc.integer({ min: 1, max: 1_000 });
    const growth = fc.double({ min: 1.05, max: 3, noNaN: true });
    fc.assert(
      fc.property(knee, start, growth, fc.boolean(), (limit, startLoad, growthFactor, isWhole) => {
        const { load, failedLoad, tried } = search({ ...options, startLoad, growthFactor, isWhole }, (candidate) => candidate <= limit);
        expect(new Set(tried).size).toBe(tried.length);
        expect(tried.every((candidate) => candidate >= 1 && candidate <= 1_000)).toBe(true);
        expect(tried.length).toBeLessThanOrEqual(20);
        expect(load).toBeLessThanOrEqual(limit);
        expect(failedLoad).toBeGreaterThan(limit);
        const isAdjacent = isWhole && (failedLoad ?? 0) - (load ?? 0) <= 1;
        expect(isAdjacent || (failedLoad ?? 0) <= (load ?? 0) * 1.1).toBe(true);
      }),
      { seed: SEED },
    );
  });

  test('says that the knee is outside when every load, or none, is carried', () => {
    expect(search(options, () => true)).toMatchObject({ load: 1_000, failedLoad: undefined });
    expect(search(options, () => false)).toMatchObject({ load: undefined, failedLoad: 1 });
  });

  test('stops after its last step, and expects no more than it takes', () => {
    expect(search({ ...options, maximumSteps: 3 }, () => true).tried).toEqual([8, 16, 32]);
    const knees = new KneeSearch({ ...options, maximumSteps: 1 });
    expect(knees.expectedSteps).toBe(1);
    knees.record(true);
    expect(knees.expectedSteps).toBe(0);
    expect(() => knees.record(true)).toThrow('the search is over');
  });

  test('refuses options with which it would not end', () => {
    expect(() => new KneeSearch({ ...options, growthFactor: 1 })).toThrow(RangeError);
    expect(() => new KneeSearch({ ...options, resolutionRatio: 0 })).toThrow(RangeError);
    expect(() => new KneeSearch({ ...options, startLoad: 2_000 })).toThrow('startLoad must be 1-1000, got 2000');
  });
});

describe('arrivals', () => {
  test('come at random and independently, at the rate that was asked for', () => {
    const moments = poissonSchedule(50, 200_000, createRandom(SEED));
    // 10 000 expected, standard deviation 100.
    expect(Math.abs(moments.length - 10_000)).toBeLessThan(400);
    expect(moments.every((atMs, index) => atMs >= (moments[index - 1] ?? 0) && atMs < 200_000)).toBe(true);
    const perSecond = Array.from({ length: 200 }, (_, second) => moments.filter((atMs) => Math.floor(atMs / 1000) === second).length);
    const variance = perSecond.reduce((total, count) => total + (count - 50) ** 2, 0) / perSecond.length;
    // Of a Poisson process the variance is the mean; over 200 counts it strays by 10 %.
    expect(variance / 50).toBeGreaterThan(0.6);
    expect(variance / 50).toBeLessThan(1.4);
    expect(poissonSchedule(50, 200_000, createRandom(SEED))).toEqual(moments);
  });

  test('wait on the account of the server: a generator that stood still makes the latency longer', async () => {
    const blockedMs = 300;
    const socket = new ImmediateSocket((count) => {
      const endMs = performance.now() + (count === 2 ? blockedMs : 0);
      while (performance.now() < endMs) {
        // Nothing else happens in this process meanwhile.
      }
    });
    const log = new StepLog();
    const plan = { ...PLAN, load: 100, windowMs: 1_000 };
    await runOpenLoop([socket], [{ durationMs: 100, moments: [], clips: [CLIP] }], plan, log);
    const figures = stepFigures({ ...inputOf(log.rows), plan });
    expect(figures.latency?.maximumMs).toBeGreaterThan(blockedMs - 50);
    expect(figures.generator.sendLatenessP99Ms).toBeGreaterThan(50);
    expect(figures.generator.isBottleneck).toBe(true);
    expect(log.rows.map(({ intendedMs }) => intendedMs)).toEqual(poissonSchedule(100, 1_000, createRandom(plan.seed + 1)));
  });
});

test('nothing of a step happens before it is due, however a timer rounds', async () => {
  const log = new StepLog();
  for (let round = 0; round < 30; round += 1) {
    const dueMs = log.nowMs + 1.9;
    await log.until(dueMs);
    expect(log.nowMs).toBeGreaterThanOrEqual(dueMs);
  }
});

describe('talkers', () => {
  test('go on with the clip that they were in the middle of when the step began', async () => {
    const chunk = { type: 'audio', samples: new Int16Array(1600) } as const;
    const recording: LoadRecording = {
      durationMs: 400,
      moments: [
        { atMs: 0, actions: [{ type: 'start', startMs: 0 }, chunk] },
        { atMs: 390, actions: [chunk, { type: 'end', end: END }] },
      ],
      clips: [CLIP],
    };
    const socket = new ImmediateSocket();
    const log = new StepLog();
    await runTalkers([socket], [recording], { ...PLAN, mode: 'talkers', load: 1, windowMs: 400 }, log);
    expect(socket.sent).toEqual([3200]);
    expect(log.rows).toMatchObject([{ audioMs: 200, part: 0, outcome: 'final', isEndOfSpeech: true }]);
    const [row] = log.rows;
    expect(row?.intendedMs).toBeLessThan(390);
    expect(row?.sentMs).toBeGreaterThanOrEqual(row?.intendedMs ?? Number.NaN);
  });

  test('send audio in chunks of a device, and never after what ends it', () => {
    const frame = { type: 'audio', samples: Int16Array.from({ length: 512 }, (_, index) => index) } as const;
    const moments: SpokenMoment[] = [
      { atMs: 0, actions: [{ type: 'start', startMs: 0 }, frame] },
      ...[32, 64, 96].map((atMs) => ({ atMs, actions: [frame] })),
      { atMs: 128, actions: [frame, { type: 'end', end: { ...END, continues: true } }, { type: 'start', startMs: 100 }, frame] },
      { atMs: 160, actions: [{ type: 'maybe_end', evidence: { voicedMs: 96, peakProbability: 1, meanProbability: 0.9 } }] },
    ];
    const merged = mergeAudio(moments).map(({ atMs, actions }) => [
      atMs,
      ...actions.map((action) => (action.type === 'audio' ? action.samples.length : action.type)),
    ]);
    expect(merged).toEqual([
      [0, 'start'],
      [64, 1536],
      [128, 1024, 'end', 'start'],
      [160, 512, 'maybe_end'],
    ]);
  });
});

describe('the figures of a step', () => {
  const row = (change: Partial<ClipRow>): ClipRow => ({
    utterance: 0,
    recording: 0,
    part: 0,
    audioMs: 2_000,
    intendedMs: 100,
    sentMs: 101,
    answeredMs: 300,
    outcome: 'final',
    code: undefined,
    text: 'one two',
    effort: undefined,
    refusalCount: 0,
    isEndOfSpeech: true,
    ...change,
  });

  test('tell which part of the finals got which effort', () => {
    const efforts = ['fast', 'best', 'fast', undefined] as const;
    const rows = efforts.map((effort, utterance) => row({ utterance, effort }));
    expect(stepFigures(inputOf(rows)).effortRatios).toEqual({ best: 1 / 3, fast: 2 / 3 });
  });

  test('count what was due in the window, and finals that came in it', () => {
    const figures = stepFigures(
      inputOf([
        row({ intendedMs: -5, answeredMs: 10 }),
        row({ utterance: 1, recording: 1, text: 'three' }),
        row({ utterance: 2, intendedMs: 900, answeredMs: 1_400, text: 'one' }),
        row({ utterance: 3, intendedMs: 950, answeredMs: 2_100 }),
      ]),
    );
    expect(figures).toMatchObject({ clipCount: 3, offeredPerSecond: 3, achievedPerSecond: 2, audioSecondsPerSecond: 4 });
    expect(figures.latency).toEqual({ p50Ms: 500, p95Ms: 1_150, p99Ms: 1_150, maximumMs: 1_150 });
    // One was answered more than 500 ms after the window.
    expect(figures.goodputRatio).toBeCloseTo(2 / 3);
    expect(figures.failures).toEqual(['p95', 'goodput']);
    // Recording 1 has a second clip that did not come back: nothing is said of its words.
    expect(figures).toMatchObject({ wordErrorRatio: 1 / 6, referenceWords: 6 });
  });

  test('tell refusals that were mended from clips that were lost', () => {
    const lost = row({ utterance: 1, outcome: 'rejected', code: 'decode_failed', text: '' });
    const unanswered = row({ utterance: 2, outcome: 'unanswered', answeredMs: undefined, text: '' });
    const input = inputOf([row({ refusalCount: 2 }), lost, unanswered, row({ utterance: 3 })]);
    const figures = stepFigures({
      ...input,
      observation: { ...input.observation, refusals: { busy: 2 }, troubles: { rate_limited: 1 } },
      before: { processes: [], metrics: new Map([['outspoken_rejected_total{reason="overloaded"}', 3]]) },
      after: {
        processes: [],
        metrics: new Map([
          ['outspoken_rejected_total{reason="overloaded"}', 5],
          ['nodejs_eventloop_lag_p99_seconds', 0.012],
        ]),
      },
    });
    expect(figures.troubleRatio).toBe(0.75);
    expect(figures).toMatchObject({ retryCount: 2, refusals: { busy: 2 }, serverRefusals: { overloaded: 2 }, serverLoopDelayP99Ms: 12 });
    expect(figures.errors).toEqual({ decode_failed: 1, unanswered: 1, rate_limited: 1 });
    expect(figures.failures).toContain('refusals and errors');
  });

  test('name each process by what it does', () => {
    const usage = (pid: number, command: string, cpuSeconds: number) => ({ pid, command, cpuSeconds, memoryBytes: 2 ** 20 * 100 });
    const commands = [
      'outspoken',
      'outspoken-worker',
      'outspoken-worker',
      'outspoken-file-reader',
      '/x/esbuild --service',
      '/usr/bin/node /x/qps/peer-server.ts 1',
    ];
    const figures = stepFigures({
      ...inputOf([row({})]),
      before: { processes: commands.map((command, pid) => usage(pid, command, 1)), metrics: undefined },
      after: { processes: [...commands, 'outspoken-worker'].map((command, pid) => usage(pid, command, 1.5)), metrics: undefined },
    });
    expect(figures.processes).toEqual(
      ['sockets 1', 'worker 1', 'worker 2', 'file-reader 1', 'peer 1'].map((role) => ({ role, cpuCores: 0.5, memoryMiB: 100 })),
    );
  });

  test('say that a step without a clip carried nothing', () => {
    expect(stepFigures(inputOf([]))).toMatchObject({
      clipCount: 0,
      failures: ['no clips'],
      latency: null,
      wordErrorRatio: null,
      troubleRatio: 0,
    });
  });
});

describe('a quantile', () => {
  test('is a value that was measured, with that share of the values at or below it', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (measured, ratio) => {
        const value = quantile(measured, ratio);
        expect(measured).toContain(value);
        expect(measured.filter((other) => other <= value).length).toBeGreaterThanOrEqual(ratio * measured.length - 1e-9);
        expect(measured.filter((other) => other < value).length).toBeLessThanOrEqual(ratio * measured.length + 1e-9);
      }),
      { seed: SEED },
    );
  });
});

describe('a comparison', () => {
  test('finds nothing between a run and itself', () => {
    const result = resultOf([10, 11, 12]);
    const rows = compareResults(result, result);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ ratio, verdict }) => ratio === 1 && verdict === 'within noise')).toBe(true);
  });

  test('calls a knee different when no round of one run reaches the other, beyond the resolution', () => {
    const verdict = (before: number[], after: number[]) =>
      compareResults(resultOf(before), resultOf(after)).find(({ what }) => what.endsWith('knee'));
    expect(verdict([10, 11, 12], [20, 21, 22])).toMatchObject({ before: 11, after: 21, verdict: 'higher' });
    expect(verdict([20, 21, 22], [10, 11, 12])).toMatchObject({ verdict: 'lower' });
    expect(verdict([10, 11, 12], [12, 13, 14])).toMatchObject({ verdict: 'within noise' });
    expect(verdict([10, 11, 12], [13, 14, 15])).toMatchObject({ verdict: 'within noise' });
    expect(verdict([10], [20])).toMatchObject({ verdict: 'one round only' });
  });

  test('turns around when the runs change places', () => {
    const rounds = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    const turned = { higher: 'lower', lower: 'higher', 'within noise': 'within noise', 'one round only': 'one round only' };
    fc.assert(
      fc.property(rounds, rounds, (first, second) => {
        const forward = compareResults(resultOf(first), resultOf(second));
        const backward = new Map(compareResults(resultOf(second), resultOf(first)).map((row) => [row.what, row]));
        for (const { what, ratio, verdict } of forward) {
          expect(backward.get(what)?.verdict).toBe(turned[verdict]);
          expect(backward.get(what)?.ratio).toBeCloseTo(1 / ratio, 6);
        }
      }),
      { seed: SEED },
    );
  });

  test('is a table with a line for each figure', () => {
    const rows = compareResults(resultOf([10, 11]), resultOf([20, 21]));
    const lines = formatComparison(rows).split('\n');
    expect(lines).toHaveLength(rows.length + 1);
    expect(lines[1]).toMatch(/^outspoken, open, knee +10 +20 +2\.000 +higher$/);
  });

  test('takes the ratio to the peer round by round', () => {
    const ours = resultOf([20, 30]).knees;
    const peer = resultOf([10, 10]).knees.map((knee): KneeFigures => ({ ...knee, target: 'sherpa-onnx' }));
    expect(kneeRatios([...ours, ...peer]).find(({ what }) => what === 'load')).toEqual({
      mode: 'open',
      what: 'load',
      median: 2,
      minimum: 2,
      maximum: 3,
    });
    expect(kneeRatios(ours)).toEqual([]);
  });
});

describe('the page', () => {
  test('loads nothing, shows knee, limit and every step, and takes names for what they are', () => {
    const result = resultOf([10, 12]);
    const page = renderReport({ ...result, data: { ...result.data, name: '<script>alert("x")</script>' } });
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|(?:src|href)=/i);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('knee 10');
    expect(page).toContain('p95 limit 1500 ms');
    expect(page.match(/<tr class="carried">/g)).toHaveLength(2);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).not.toContain('the machine was busy');
    expect(renderReport({ ...result, machine: { ...result.machine, loadAverage: 0.6 } })).toContain('the machine was busy');
    expect(page).toContain('width=device-width');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('draws every point inside the frame', () => {
    const load = fc.double({ min: 0.25, max: 2_000, noNaN: true });
    const point = fc.record({ x: load, y: fc.double({ min: 0.01, max: 1e5, noNaN: true }), isCarried: fc.boolean() });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), load, (points, knee) => {
        const plot = {
          title: 't',
          xLabel: 'x',
          yLabel: 'y',
          series: [{ label: 's', style: 's', points }],
          levels: [{ value: 500, label: 'l', style: 'l' }],
          loads: [{ value: knee, label: 'k', style: 'k' }],
        };
        const svg = drawPlot(plot);
        const circles = [...svg.matchAll(/cx="([^"]+)" cy="([^"]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
        expect(circles).toHaveLength(points.length);
        expect(circles.every(([x, y]) => x >= 50 && x <= 406 && y >= 36 && y <= 248)).toBe(true);
      }),
      { seed: SEED },
    );
    expect(drawPlot({ title: '', xLabel: '', yLabel: '', series: [], levels: [], loads: [] })).toBe('');
  });

  test('has ticks however narrow or wide an axis is', () => {
    expect(logTicks(0.8, 12_000)).toEqual([1, 10, 100, 1_000, 10_000]);
    expect(logTicks(14, 52)).toEqual([20, 30, 40, 50]);
    expect(logTicks(15, 700)).toEqual([20, 50, 100, 200, 500]);
    expect(logTicks(6.11, 6.9)).toEqual([6.11, 6.49, 6.9]);
  });
});

/** Rows as they came from a window of a second. */
function inputOf(rows: readonly ClipRow[]): StepInput {
  return {
    plan: PLAN,
    round: 1,
    limits: { p95Ms: 500, troubleRatio: 0.01, goodputRatio: 0.95 },
    observation: {
      rows,
      refusals: {},
      troubles: {},
      readMs: 1_000,
      generator: { cpuSeconds: 0.1, memoryBytes: 2 ** 20, loopDelayP99Ms: 11 },
    },
    before: { processes: [], metrics: undefined },
    after: { processes: [], metrics: undefined },
    texts: ['one two', 'three four'],
    clipCounts: [1, 2],
  };
}

/** A run of the open loop with a knee at each of these loads, one for each round. */
function resultOf(knees: readonly number[]): QpsResult {
  const limits = { p95Ms: 1_500, troubleRatio: 0.01, goodputRatio: 0.95 };
  const steps = knees.map((load, index): StepFigures => {
    const row: ClipRow = {
      utterance: 0,
      recording: 0,
      part: 0,
      audioMs: 100 * load,
      intendedMs: 0,
      sentMs: 0,
      answeredMs: 10 * load,
      outcome: 'final',
      code: undefined,
      text: 'one too',
      effort: undefined,
      refusalCount: 0,
      isEndOfSpeech: true,
    };
    return stepFigures({ ...inputOf([row]), plan: { ...PLAN, load }, round: index + 1, limits });
  });
  return {
    name: 'qps',
    finishedAt: '2026-11-25T00:00:00.000Z',
    machine: { processor: 'a processor', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v20', loadAverage: 0 },
    commit: 'abcdef012345',
    command: 'npx -y pnpm@10 bench:qps',
    settings: { resolutionRatio: 0.1, seed: 1 },
    limits: { talkers: { ...limits, p95Ms: 500 }, open: limits, closed: limits },
    normaliser: 'a normaliser',
    data: { name: 'the fixtures', recordings: 1, clips: 1, audioSeconds: 2 },
    targets: [{ name: 'outspoken', setting: 'its defaults' }],
    steps,
    knees: steps.map((step, index) => ({
      target: 'outspoken',
      mode: 'open',
      round: index + 1,
      load: step.load,
      failedLoad: step.load * 1.1,
      step,
      isGeneratorBound: false,
    })),
    ratios: [],
  };
}
