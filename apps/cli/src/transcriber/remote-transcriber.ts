import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MEDIA_FORMATS } from '@outspoken/media/formats';
import { DEFAULT_TEXT_FORMAT, type TextFormat } from '@outspoken/text';
import { CliError } from '../cli-error.ts';
import type { Result } from '../output/transcript-document.ts';
import { formatResult } from './format-result.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import { type MultipartBody, multipartBody } from './multipart.ts';
import { readFirstModel, readRefusal, readVerboseAnswer } from './server-answer.ts';
import type { Transcriber, TranscribeTask } from './transcriber.ts';

/** Options of {@link RemoteTranscriber}. */
export interface RemoteTranscriberOptions {
  /** Address of the server, what stands before `v1/`; with the `v1` that other clients want it is taken as well. */
  readonly serverUrl: URL;
  /** Model to ask for. @defaultValue the first one that the server lists */
  readonly model?: string;
  /** How texts are written. @defaultValue as they were heard */
  readonly textFormat?: TextFormat;
  /** Words and phrases that are expected. @defaultValue none */
  readonly keywords?: readonly string[];
  /** How often a busy server is asked again. @defaultValue 5 */
  readonly maximumRetries?: number;
  /** Told before each wait. */
  readonly onWait?: (waitMs: number, reason: string) => void;
}

const RETRYABLE = new Set([408, 409, 429, 500, 502, 503, 504]);
// What a server asks for is honoured up to here: a day's pause is better told than waited for.
const MAXIMUM_WAIT_MS = 60_000;
const DEFAULT_WAIT_MS = 1000;

/** Sends recordings to a server that speaks OpenAI's API for transcriptions. */
export class RemoteTranscriber implements Transcriber {
  readonly #options: RemoteTranscriberOptions;
  #model: Promise<string> | undefined;

  constructor(options: RemoteTranscriberOptions) {
    this.#options = options;
  }

  async transcribe({ path, name, signal, onProgress }: TranscribeTask): Promise<Result> {
    const { textFormat = DEFAULT_TEXT_FORMAT, keywords = [] } = this.#options;
    const model = await this.#findModel(signal);
    const { size } = await stat(path);
    const body = multipartBody({
      fields: [
        ['model', model],
        ['response_format', 'verbose_json'],
        ['timestamp_granularities[]', 'segment'],
        ['timestamp_granularities[]', 'word'],
        ...formatFields(textFormat),
        ...(keywords.length === 0 ? [] : [['keywords', keywords.join('\n')] satisfies [string, string]]),
      ],
      file: { path, name: basename(name) === '-' ? 'stdin' : basename(name), mediaType: mediaTypeOf(name), sizeBytes: size },
    });
    const { text } = await this.#ask('v1/audio/transcriptions', signal, body);
    // A server that is not ours passes over fields that it does not know.
    const result = formatResult(readVerboseAnswer(text, model), textFormat);
    onProgress(result.transcript.durationMs, result.transcript.durationMs);
    return result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Asked once for all recordings; a failure is asked again by the next one. */
  #findModel(signal: AbortSignal): Promise<string> {
    if (this.#options.model !== undefined) {
      return Promise.resolve(this.#options.model);
    }
    this.#model ??= this.#ask('v1/models', signal).then(({ text }) => readFirstModel(text));
    this.#model.catch(() => {
      this.#model = undefined;
    });
    return this.#model;
  }

  async #ask(path: string, signal: AbortSignal, body?: MultipartBody): Promise<HttpAnswer> {
    const { serverUrl, maximumRetries = 5, onWait } = this.#options;
    const url = new URL(path, serverUrl.href.replace(/(\/v1)?\/?$/, '/'));
    for (let retries = 0; ; retries++) {
      const answer = await exchange(url, { signal, ...(body ? { body } : {}) });
      if (answer.status >= 200 && answer.status < 300) {
        return answer;
      }
      const waitMs = waitBeforeRetry(answer, retries);
      if (waitMs === undefined || retries === maximumRetries) {
        throw refusal(answer, url);
      }
      onWait?.(waitMs, readRefusal(answer.text) ?? `status ${answer.status}`);
      await setTimeout(waitMs, undefined, { signal });
    }
  }
}

/** Only what is not the default, for servers that are strict about fields. */
function formatFields({ numerals, profanity, redact }: TextFormat): [string, string][] {
  return [
    ...(numerals === DEFAULT_TEXT_FORMAT.numerals ? [] : [['numerals', numerals] satisfies [string, string]]),
    ...(profanity === DEFAULT_TEXT_FORMAT.profanity ? [] : [['profanity', profanity] satisfies [string, string]]),
    ...redact.map((name): [string, string] => ['redact[]', name]),
  ];
}

/** How long to wait before the same is asked again, in milliseconds; undefined when that would not help. */
export function waitBeforeRetry({ status, headers }: HttpAnswer, retries: number): number | undefined {
  const advice = headers['x-should-retry'];
  if (advice === 'false' || (advice !== 'true' && !RETRYABLE.has(status))) {
    return undefined;
  }
  const askedMs = Number(headers['retry-after-ms'] ?? Number(headers['retry-after'] ?? Number.NaN) * 1000);
  const waitMs = Number.isFinite(askedMs) && askedMs >= 0 ? askedMs : DEFAULT_WAIT_MS * 2 ** retries;
  return waitMs > MAXIMUM_WAIT_MS ? undefined : waitMs;
}

function refusal(answer: HttpAnswer, url: URL): CliError {
  const reason = readRefusal(answer.text) ?? 'it gave no reason';
  return new CliError('server_refused', `the server at ${url.origin} answered ${answer.status}: ${reason}`);
}

function mediaTypeOf(name: string): string {
  const extension = extname(name).slice(1).toLowerCase();
  const format = Object.values(MEDIA_FORMATS).find(({ extensions }) => extensions.includes(extension));
  return format?.mediaTypes[0] ?? 'application/octet-stream';
}
