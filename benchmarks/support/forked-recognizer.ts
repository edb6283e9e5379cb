import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '@outspoken/server-app/child-environment';
import { UsageError } from './command-line.ts';
import type { RecognizerAnswer, RecognizerRequest, RecognizerSettings } from './recognizer-protocol.ts';

type AnswerTo<Type extends RecognizerAnswer['type']> = Extract<RecognizerAnswer, { readonly type: Type }>;

const PROGRAM = fileURLToPath(new URL('recognizer-process.ts', import.meta.url));

/** A recognizer in its own process. */
export class ForkedRecognizer implements AsyncDisposable {
  readonly settings: RecognizerSettings;
  readonly maximumBatch: number;
  readonly #child: ChildProcess;

  private constructor(settings: RecognizerSettings, child: ChildProcess, maximumBatch: number) {
    this.settings = settings;
    this.#child = child;
    this.maximumBatch = maximumBatch;
  }

  /** Starts the process and waits until it has loaded its model. */
  static async start(settings: RecognizerSettings): Promise<ForkedRecognizer> {
    // Ours as a server starts it, the others as they come.
    const env = settings.system === 'outspoken' ? workerEnvironment() : process.env;
    const child = fork(PROGRAM, [JSON.stringify(settings)], { serialization: 'advanced', env });
    const { maximumBatch } = await nextAnswer(child, 'ready', `${settings.system} did not load`);
    return new ForkedRecognizer(settings, child, maximumBatch);
  }

  /** Asks and waits for the answer; one request at a time. */
  async ask<Type extends RecognizerRequest['type']>(request: RecognizerRequest & { readonly type: Type }): Promise<AnswerTo<Type>> {
    const answered = nextAnswer(this.#child, request.type, `${this.settings.system} died`);
    this.#child.send(request);
    return await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
  }
}

async function nextAnswer<Type extends RecognizerAnswer['type']>(
  child: ChildProcess,
  type: Type,
  complaint: string,
): Promise<AnswerTo<Type>> {
  const over = new AbortController();
  try {
    const answered = once(child, 'message', { signal: over.signal }).then(([answer]) => answer as RecognizerAnswer);
    const died = once(child, 'exit', { signal: over.signal }).then(([code, signal]) => {
      throw new UsageError(`${complaint}: its process ended with ${code ?? signal}, see above`);
    });
    const answer = await Promise.race([answered, died]);
    if (answer.type !== type) throw new Error(`a recognizer process answered ${answer.type} where ${type} was due`);
    return answer as AnswerTo<Type>;
  } finally {
    over.abort();
  }
}
