import type { Input } from '../input/input.ts';
import { type Format, render } from './format.ts';
import { documentOf, type Result } from './transcript-document.ts';

/** Where the results of a run go. */
export interface Output {
  /** Takes the result of an input, or that there is none. Results may come in any order. */
  put(input: Input, result: Result | undefined): Promise<void>;
  /** Writes what only can be written when all is there. */
  finish(): Promise<void>;
}

/**
 * Results on standard output, in the order of the inputs whatever order they come in; `jsonl` writes each as soon as it is there.
 * Several texts get a heading each, several JSON documents make one array.
 */
export class StreamOutput implements Output {
  readonly #format: Format;
  readonly #inputs: readonly Input[];
  /** Whether more than one recording was asked for, found or not: the form of the output must not depend on what fails. */
  readonly #isSeveral: boolean;
  readonly #write: (text: string) => Promise<void>;
  readonly #waiting = new Map<Input, Result | undefined>();
  #nextIndex = 0;
  #writtenCount = 0;
  /** One write after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly format: Format;
    readonly inputs: readonly Input[];
    readonly isSeveral: boolean;
    readonly write: (text: string) => Promise<void>;
  }) {
    this.#format = options.format;
    this.#inputs = options.inputs;
    this.#isSeveral = options.isSeveral;
    this.#write = options.write;
  }

  put(input: Input, result: Result | undefined): Promise<void> {
    this.#waiting.set(input, result);
    const text = this.#format === 'jsonl' ? this.#take(input) : this.#takeNext();
    this.#writing = this.#writing.then(() => this.#write(text));
    return this.#writing;
  }

  finish(): Promise<void> {
    const isOpen = this.#format === 'json' && this.#isSeveral;
    const end = this.#writtenCount === 0 ? '[]\n' : '\n]\n';
    this.#writing = this.#writing.then(() => this.#write(isOpen ? end : ''));
    return this.#writing;
  }

  /** Whatever is now complete from the front. */
  #takeNext(): string {
    let text = '';
    for (;;) {
      const input = this.#inputs[this.#nextIndex];
      if (input === undefined || !this.#waiting.has(input)) {
        return text;
      }
      this.#nextIndex++;
      text += this.#take(input);
    }
  }

  #take(input: Input): string {
    const result = this.#waiting.get(input);
    this.#waiting.delete(input);
    if (result === undefined) {
      return '';
    }
    const isFirst = this.#writtenCount++ === 0;
    if (this.#format === 'json' && this.#isSeveral) {
      return `${isFirst ? '[' : ','}\n${JSON.stringify(documentOf(input.name, result), null, 2)}`;
    }
    const body = render(this.#format, input.name, result);
    return this.#format === 'text' && this.#isSeveral ? `${isFirst ? '' : '\n'}==> ${input.name} <==\n${body}` : body;
  }
}
