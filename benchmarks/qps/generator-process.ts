import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GeneratorAnswer, GeneratorCommand, LoadRecording, StepObservation, StepPlan } from './step-plan.ts';

/** What is done at the two ends of the window that a step measures. */
export interface WindowListener {
  started(): void;
  ended(): void;
}

/** The load generator, seen from the benchmark. */
export class GeneratorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and hands it what it may send. */
  static async start(recordings: readonly LoadRecording[]): Promise<GeneratorProcess> {
    const generator = new GeneratorProcess(
      fork(fileURLToPath(new URL('load-generator.ts', import.meta.url)), [], { serialization: 'advanced' }),
    );
    await generator.#ask({ type: 'recordings', recordings }, 'ready');
    return generator;
  }

  /**
   * Runs one step.
   *
   * @throws Error when the generator could not connect, or died.
   */
  async run(plan: StepPlan, listener: WindowListener): Promise<StepObservation> {
    const { observation } = await this.#ask({ type: 'step', plan }, 'observed', listener);
    return observation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  async #ask<T extends GeneratorAnswer['type']>(
    command: GeneratorCommand,
    wanted: T,
    listener?: WindowListener,
  ): Promise<Extract<GeneratorAnswer, { readonly type: T }>> {
    const over = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const hear = (answer: GeneratorAnswer): void => {
          if (isOfType(answer, wanted)) {
            resolve(answer);
          } else if (answer.type === 'failed') {
            reject(new Error(`the load generator failed: ${answer.message}`));
          } else if (answer.type === 'window_started') {
            listener?.started();
          } else if (answer.type === 'window_ended') {
            listener?.ended();
          }
        };
        const die = (code: number | null, signal: string | null): void => {
          reject(new Error(`the load generator ended with ${code ?? signal}`));
        };
        this.#child.on('message', hear).on('exit', die);
        over.signal.addEventListener('abort', () => this.#child.off('message', hear).off('exit', die));
        this.#child.send(command);
      });
    } finally {
      over.abort();
    }
  }
}

function isOfType<T extends GeneratorAnswer['type']>(
  answer: GeneratorAnswer,
  type: T,
): answer is Extract<GeneratorAnswer, { readonly type: T }> {
  return answer.type === type;
}
