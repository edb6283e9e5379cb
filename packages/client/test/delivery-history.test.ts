import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OutgoingUtterance, SessionRefusedError, SpeechClient } from '../src/index.ts';
import { FakeServer, fingerprint } from './fake-server.ts';
import { createRandom, VirtualClock } from './virtual-clock.ts';

const SEED = 20_261_124;
const EVIDENCE = { voicedMs: 100, peakProbability: 1, meanProbability: 0.5 };
const CLIP_TTL_MS = 600_000;

type Step =
  | { readonly do: 'start' | 'end' | 'maybe_end' | 'cancel' | 'drop' | 'silence' | 'restart' | 'close' | 'drain' | 'connect' }
  | { readonly do: 'push'; readonly sampleCount: number }
  | { readonly do: 'advance'; readonly durationMs: number }
  | { readonly do: 'fault'; readonly fault: 'busyStarts' | 'busyEnds' | 'failEnds' | 'duplicateFinals' | 'unreachable' | 'refuse' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'start' }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), sampleCount: fc.integer({ min: 1, max: 2500 }) }) },
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'end' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'maybe_end' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'cancel' }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('advance' as const), durationMs: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), durationMs: fc.integer({ min: 400, max: 8000 }) }) },
  { weight: 3, arbitrary: fc.constantFrom<Step[]>({ do: 'drop' }, { do: 'restart' }, { do: 'close' }, { do: 'connect' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step[]>({ do: 'silence' }, { do: 'drain' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom('busyStarts', 'busyEnds', 'failEnds', 'duplicateFinals', 'unreachable', 'refuse'),
    }),
  },
);

const history = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 40 }),
  seed: fc.nat(),
  window: fc.integer({ min: 1, max: 4 }),
  latencyMs: fc.constantFrom(0, 3, 60),
});

interface Spoken {
  readonly utterance: OutgoingUtterance;
  readonly samples: number[];
  readonly clipIds: string[];
  hasEnded: boolean;
  wasCancelled: boolean;
}

/** One history: a client, a server with faults, and what the app saw. */
class World {
  readonly clock = new VirtualClock();
  readonly server: FakeServer;
  readonly client: SpeechClient;
  readonly spoken: Spoken[] = [];
  readonly finals = new Map<string, { readonly text: string; readonly receivedSamples: number }>();
  readonly rejections = new Map<string, string>();
  readonly cancelled = new Set<string>();
  readonly breaches: string[] = [];
  readonly #outboxMaxBytes: number;

  constructor({ seed, window, latencyMs }: { seed: number; window: number; latencyMs: number }, outboxMaxBytes: number) {
    const random = createRandom(seed);
    this.#outboxMaxBytes = outboxMaxBytes;
    this.server = new FakeServer(this.clock, window);
    this.server.latencyMs = latencyMs;
    this.server.decodeMs = () => random() * 500;
    this.client = new SpeechClient({
      requestSession: this.server.requestSession,
      openTransport: this.server.openTransport,
      sdk: { name: 'test', version: '0' },
      clipPolicyId: `sha256:${'0'.repeat(64)}`,
      wantsInterims: false,
      now: this.clock.now,
      wallClock: this.clock.wallClock,
      setTimer: this.clock.setTimer,
      random,
      outboxMaxBytes,
      clipTtlMs: CLIP_TTL_MS,
    });
    this.client.events.addEventListener('final', ({ detail }) => {
      if (this.finals.has(detail.clipId)) this.breaches.push('I2: second final');
      if (this.rejections.has(detail.clipId)) this.breaches.push('I1: final after rejection');
      if (this.cancelled.has(detail.clipId)) this.breaches.push('I8: final after cancel');
      this.finals.set(detail.clipId, detail);
    });
    this.client.events.addEventListener('rejected', ({ detail }) => {
      if (this.rejections.has(detail.clipId) || this.finals.has(detail.clipId)) this.breaches.push('I1: rejected a finished clip');
      this.rejections.set(detail.clipId, detail.code);
    });
    this.client.events.addEventListener('continued', ({ detail }) => {
      const spoken = this.spoken.find((candidate) => candidate.clipIds.includes(detail.continuesClipId));
      if (spoken) spoken.clipIds.push(detail.clipId);
      else this.breaches.push('continuation of an unknown clip');
    });
  }

  async run(steps: readonly Step[], serverComes: 'always' | 'never' = 'always'): Promise<void> {
    if (serverComes === 'never') this.server.faults.unreachable = Number.POSITIVE_INFINITY;
    this.client.connect();
    for (const next of steps) {
      await this.#do(next);
      if (this.client.stats.outboxBytes > this.#outboxMaxBytes) this.breaches.push('I5: outbox over its bound');
    }
    if (serverComes === 'always') await this.#heal();
    for (const spoken of this.spoken) this.#end(spoken);
    if (serverComes === 'never') await this.clock.advance(CLIP_TTL_MS);
  }

  /** Ends the faults, ends all speech, and lets everything come to rest. */
  async #heal(): Promise<void> {
    Object.assign(this.server.faults, { busyStarts: 0, busyEnds: 0, failEnds: 0, unreachable: 0, refuse: [] });
    for (const spoken of this.spoken) this.#end(spoken);
    await this.clock.advance(45_000);
    this.client.connect();
    await this.clock.advance(60_000);
  }

  async #do(next: Step): Promise<void> {
    const current = this.spoken.at(-1);
    switch (next.do) {
      case 'start':
        this.#start();
        break;
      case 'push':
        if (current && !current.hasEnded) this.#push(current, next.sampleCount);
        break;
      case 'maybe_end':
        current?.utterance.maybeEnd();
        break;
      case 'end':
        if (current) this.#end(current);
        break;
      case 'cancel':
        if (current) this.#cancel(current);
        break;
      case 'advance':
        await this.clock.advance(next.durationMs);
        break;
      case 'drop':
        this.server.link?.drop();
        break;
      case 'silence':
        this.server.link?.silence();
        break;
      case 'restart':
        this.server.restart();
        break;
      case 'close':
        this.server.link?.close(1013);
        break;
      case 'drain':
        if (this.client.state !== 'open') break;
        this.server.send({ type: 'going_away', reason: 'draining', retryAfterMs: 200 });
        this.clock.setTimer(() => this.server.restart(), 600);
        break;
      case 'connect':
        this.client.connect();
        break;
      case 'fault':
        if (next.fault === 'refuse') {
          this.server.faults.refuse.push(new SessionRefusedError('overloaded', 'full', { retryable: true, retryAfterMs: 400 }));
        } else this.server.faults[next.fault]++;
        break;
      default:
        next satisfies never;
    }
  }

  #start(): void {
    const previous = this.spoken.at(-1);
    if (previous) this.#end(previous);
    const utterance = this.client.startUtterance({ startMs: this.spoken.length * 100_000, preRollMs: 0 });
    this.spoken.push({ utterance, samples: [], clipIds: [utterance.clipId], hasEnded: false, wasCancelled: false });
  }

  #push(spoken: Spoken, sampleCount: number): void {
    const from = this.spoken.indexOf(spoken) * 7919 + spoken.samples.length;
    const samples = Array.from({ length: sampleCount }, (_, index) => (from + index) & 0x7fff);
    spoken.samples.push(...samples);
    spoken.utterance.push(Int16Array.from(samples));
  }

  #end(spoken: Spoken): void {
    if (spoken.hasEnded) return;
    spoken.hasEnded = true;
    spoken.utterance.end({ reason: 'silence', continues: false, evidence: EVIDENCE, levelDbfs: -30 });
  }

  #cancel(spoken: Spoken): void {
    if (this.finals.has(spoken.utterance.clipId)) return;
    spoken.hasEnded = true;
    spoken.wasCancelled = true;
    this.cancelled.add(spoken.utterance.clipId);
    spoken.utterance.cancel('user');
  }

  /** What of an utterance came back: every sample, once, in order, over all of its clips. */
  checkAudio(spoken: Spoken): void {
    if (spoken.wasCancelled) return;
    const [firstId] = spoken.clipIds;
    if (spoken.samples.length < 1600 && this.rejections.get(firstId!) === 'clip_too_short') return;
    let covered = 0;
    for (const clipId of spoken.clipIds) {
      const final = this.finals.get(clipId);
      if (!final) throw new Error(`clip ${spoken.clipIds.indexOf(clipId)} of ${spoken.clipIds.length} has no final`);
      const part = spoken.samples.slice(covered, covered + final.receivedSamples);
      // Only the last part may be completed with silence.
      while (part.length < final.receivedSamples) part.push(0);
      expect(final.text).toBe(fingerprint(part));
      covered += final.receivedSamples;
    }
    expect(covered).toBeGreaterThanOrEqual(spoken.samples.length);
    expect(covered - spoken.samples.length).toBeLessThan(1600);
  }
}

test('5,000 histories with faults lose nothing and double nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, ...settings }) => {
      const world = new World(settings, 32 * 1024 * 1024);
      await world.run(steps);
      expect(world.breaches).toEqual([]);
      // I6 is among these: the server counts the clips that it was given.
      expect(world.server.violations).toEqual([]);
      for (const spoken of world.spoken) world.checkAudio(spoken);
      const { clips, outboxBytes } = world.client.stats;
      expect(outboxBytes).toBe(0);
      expect(clips).toMatchObject({ CAPTURED: 0, SENT: 0, ACCEPTED: 0, BACKOFF: 0, EXPIRED: 0, EVICTED: 0 });
      expect(clips.FINAL).toBe(world.finals.size);
      expect(clips.REJECTED).toBe(world.rejections.size);
      const closed = world.client.close();
      await closed;
      expect(world.client.state).toBe('closed');
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('1,000 histories with a small outbox stay within its bound and end every clip', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1024, max: 9000 }), async ({ steps, ...settings }, outboxMaxBytes) => {
      const world = new World(settings, outboxMaxBytes);
      await world.run(steps);
      expect(world.breaches).toEqual([]);
      expect(world.server.violations).toEqual([]);
      const { clips, outboxBytes } = world.client.stats;
      expect(outboxBytes).toBe(0);
      expect(clips.REJECTED + clips.EVICTED).toBe(world.rejections.size);
      for (const { clipIds, wasCancelled } of world.spoken) {
        for (const clipId of wasCancelled ? [] : clipIds) expect(world.finals.has(clipId)).not.toBe(world.rejections.has(clipId));
      }
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('without a server every clip ends as expired, and the app is told of each', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, ...settings }) => {
      const world = new World(settings, 32 * 1024 * 1024);
      await world.run(steps, 'never');
      expect(world.finals.size).toBe(0);
      expect(world.breaches).toEqual([]);
      const { clips, outboxBytes } = world.client.stats;
      expect(outboxBytes).toBe(0);
      expect(clips.EXPIRED + clips.REJECTED).toBe(world.rejections.size);
      for (const { clipIds, wasCancelled } of world.spoken) if (!wasCancelled) expect(world.rejections.has(clipIds[0]!)).toBe(true);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
