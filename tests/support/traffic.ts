import { readFileSync } from 'node:fs';
import { readSpeech, type SpeechFixture, speechFixtures } from './fixtures.ts';
import { Talker } from './talker.ts';

const PROMPTS = ['tt-weasels', 'vm-nobodyavail', 'queue-periodic-announce'];
const BYTES_PER_MS = 32;

/** People who talk, programs that send files, and a program that does it wrong, again and again until they are told to stop. */
export class Traffic implements AsyncDisposable {
  readonly #serverUrl: string;
  readonly #running: Promise<unknown>;
  #isStopping = false;
  #failure: unknown;

  private constructor(serverUrl: string) {
    this.#serverUrl = serverUrl;
    const prompts = speechFixtures().filter(({ name }) => PROMPTS.includes(name));
    this.#running = Promise.all([
      this.#repeat(prompts, (prompt) => this.#talk(prompt)),
      this.#repeat(prompts, async (prompt) => {
        await this.#send(prompt, 'moonshine-tiny', 200);
        await this.#send(prompt, 'no-such-model', 404);
      }),
    ]);
    this.#running.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Begins. */
  static start(serverUrl: string): Traffic {
    return new Traffic(serverUrl);
  }

  /** @throws what went wrong so far, if anything did. */
  check(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  /** Ends what is under way. @throws whatever went wrong. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #repeat(prompts: readonly SpeechFixture[], once: (prompt: SpeechFixture) => Promise<void>): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn += 1) {
      await once(prompts[turn % prompts.length]!);
    }
  }

  async #talk({ path }: SpeechFixture): Promise<void> {
    const samples = readSpeech(path);
    await using talker = await Talker.create(this.#serverUrl, { wantsInterims: true });
    await talker.say(samples);
    await talker.stop();
    const capturedMs = samples.length / 16;
    const sentMs = Math.round(capturedMs / 2);
    talker.client.report({
      capturedMs: Math.round(capturedMs),
      voicedMs: sentMs,
      sentMs,
      capturedBytes: Math.round(capturedMs * BYTES_PER_MS),
      sentBytes: sentMs * BYTES_PER_MS,
    });
    await talker.settled();
  }

  async #send({ path, name }: SpeechFixture, model: string, status: number): Promise<void> {
    const form = new FormData();
    form.append('file', new Blob([readFileSync(path)]), `${name}.wav`);
    form.append('model', model);
    const response = await fetch(new URL('v1/audio/transcriptions', this.#serverUrl), { method: 'POST', body: form });
    const answer = await response.text();
    if (response.status !== status) {
      throw new Error(`expected ${status} for the model ${model}, got ${response.status}: ${answer}`);
    }
  }
}
