import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionRegistry } from '../src/session/session-registry.ts';
import type { SpeechSession } from '../src/session/speech-session.ts';
import { FakeConnection, sessionBench, settle } from './support/session-bench.ts';
import { clipId, end, frame, HELLO, pcm, start, tone } from './support/speech.ts';

const CLIPS = 4;
const CHUNK_SAMPLES = 700;
const bytes = (samples: Float32Array): Uint8Array => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
const lengthOf = (number: number): number => 1_600 + 500 * number;

/** The least that a client with an outbox does: keeps each clip until its final, and goes on after a drop where the server is. */
class OutboxClient {
  readonly bench = sessionBench({}, { slots: 2 });
  readonly finals = new Map<string, string>();
  readonly #sentSamples = new Map<number, number>();
  readonly #ended = new Set<number>();
  #registry = new SessionRegistry({ services: this.bench.services, random: () => 0 });
  #connection = new FakeConnection();
  #session: SpeechSession | undefined;
  #token: string | undefined;

  connect(): void {
    this.#connection = new FakeConnection();
    const resume = this.#token === undefined ? {} : { resumeToken: this.#token };
    this.#session = this.#registry.open({ ...HELLO, ...resume }, this.#connection);
    const welcome = this.#connection.all('welcome')[0];
    this.#token = welcome?.resumeToken;
    this.#sentSamples.clear();
    this.#ended.clear();
    for (const clip of welcome?.clips ?? []) {
      const number = Number(clip.clipId.slice(-12));
      this.#sentSamples.set(number, clip.receivedSamples);
      if (clip.state === 'ended') this.#ended.add(number);
    }
    this.#read();
  }

  drop(): void {
    if (this.#session !== undefined) this.#registry.leave(this.#session, this.#connection, 1006);
    this.connect();
  }

  /** The server is killed and comes back with nothing. */
  kill(): void {
    this.#registry.close();
    this.#registry = new SessionRegistry({ services: this.bench.services, random: () => 0 });
    this.connect();
  }

  /** Sends the next piece of a clip. */
  speak(number: number): void {
    if (this.finals.has(clipId(number)) || this.#ended.has(number)) return;
    const sent = this.#sentSamples.get(number);
    const samples = tone(lengthOf(number), number);
    if (sent === undefined) {
      this.#session?.receive(start(number));
      this.#sentSamples.set(number, 0);
    } else if (sent < samples.length) {
      const chunk = samples.slice(sent, sent + CHUNK_SAMPLES);
      this.#session?.receiveFrame(frame(number, chunk, { offsetSamples: sent, payload: pcm(chunk) }));
      this.#sentSamples.set(number, sent + chunk.length);
      if (sent + chunk.length === samples.length) {
        this.#session?.receive({ type: 'maybe_end', clipId: clipId(number), lengthSamples: samples.length });
      }
    } else {
      this.#session?.receive(end(number, samples.length));
      this.#ended.add(number);
    }
    this.#read();
  }

  async recognize(): Promise<void> {
    const running = this.bench.dispatcher.running[0];
    const number = Number(running?.job.jobId.split('#')[0]?.slice(-12));
    if (running !== undefined) expect(Buffer.compare(bytes(running.job.samples), bytes(tone(lengthOf(number), number)))).toBe(0);
    running?.finish();
    await settle();
    this.#read();
  }

  get isFinished(): boolean {
    return this.finals.size === CLIPS;
  }

  #read(): void {
    expect(this.#connection.all('error')).toEqual([]);
    for (const final of this.#connection.all('final')) {
      // A client drops a final that it has; what it must never see is another text for the same clip.
      expect(this.finals.get(final.clipId) ?? final.text).toBe(final.text);
      expect(final.text).toContain(final.clipId);
      this.finals.set(final.clipId, final.text);
      this.#session?.receive({ type: 'done', clipId: final.clipId });
    }
    this.#connection.sent.length = 0;
  }
}

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('speak' as const), number: fc.nat(CLIPS - 1) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('recognize' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('drop' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('kill' as const) }) },
);

test('whatever drops and restarts, every clip ends with one final of its own audio, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const client = new OutboxClient();
      client.connect();
      for (const action of steps) {
        if (action.type === 'speak') client.speak(action.number);
        else if (action.type === 'recognize') await client.recognize();
        else client[action.type]();
      }
      for (let round = 0; round < 100 && !client.isFinished; round++) {
        for (let number = 0; number < CLIPS; number++) client.speak(number);
        await client.recognize();
      }
      expect(client.finals.size).toBe(CLIPS);
      expect(client.bench.services.budget.usedBytes).toBe(0);
    }),
    { seed: 7, numRuns: 300 },
  );
});
