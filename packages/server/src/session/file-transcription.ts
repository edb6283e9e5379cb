import type { Transcript } from '@outspoken/asr';
import type { MediaDescription } from '@outspoken/media';
import type { ProtocolLabel } from '@outspoken/monitoring';
import {
  countRepeatedWords,
  joinText,
  type RecordingClip,
  type RecordingSegment,
  type RecordingTranscript,
  segmentOf,
  withoutFirstWords,
} from '@outspoken/recording';
import { splitText, type TextFormat } from '@outspoken/text';
import type { FileReading, OpenFile } from '../dispatch/file-reader.ts';
import type { ScheduledClip, ScheduledOutcome } from '../scheduling/scheduler.ts';
import { SchedulingError } from '../scheduling/scheduling-error.ts';
import { fileClipObservation, unrecognizedObservation } from './clip-observation.ts';
import { waitFor } from './clock.ts';
import type { FileBudget } from './file-budget.ts';
import { DEFAULT_RETRY_MS, recognitionFailure } from './recognition-failure.ts';
import type { SessionServices } from './session-services.ts';
import { formatTranscript } from './transcript-text.ts';

const SAMPLES_PER_MS = 16;
const NO_SAMPLES = new Float32Array(0);
// Room comes back when a clip is answered, which takes a few hundred milliseconds.
const BUDGET_RETRY_MS = 50;
// As many words as a card number has digits: what is redacted may go on behind a pause.
const REMEMBERED_WORDS = 20;

/** What comes out of a file while it is recognized, in order. */
export type FileEvent =
  /** The file is open and can be decoded. Its path is not needed any more. */
  | { readonly type: 'opened'; readonly description: MediaDescription }
  /** Audio up to `readMs` was searched for speech; nothing that was found before `recognizedMs` waits to be recognized. Both only grow. */
  | { readonly type: 'progress'; readonly readMs: number; readonly recognizedMs: number }
  | { readonly type: 'segment'; readonly segment: RecordingSegment }
  /** The last event. */
  | { readonly type: 'end'; readonly transcript: RecordingTranscript };

/** What a {@link FileTranscription} is made of. */
export interface FileTranscriptionOptions {
  readonly services: SessionServices;
  readonly budget: FileBudget;
  readonly file: OpenFile;
  /** Identity among all files and sessions, for the scheduler, which gives each of them an equal part of its lane. */
  readonly key: string;
  readonly protocol: ProtocolLabel;
  readonly clipPolicyId: string;
  /** How its text is written. */
  readonly format: TextFormat;
  /** Words and phrases that are expected in it. */
  readonly keywords?: readonly string[] | undefined;
  /** Clips of the file that may be under way at once. */
  readonly windowClips: () => number;
  /** Stops everything that belongs to the file, which was opened with its signal. */
  readonly controller: AbortController;
}

type EndOfReading = FileReading & { readonly type: 'end' };

interface PendingClip {
  /** Without its samples: they are needed no longer than its recognition takes. */
  readonly clip: RecordingClip;
  readonly outcome: Promise<ScheduledOutcome>;
  isSettled: boolean;
}

/**
 * One opened file on its way to a transcript: reads ahead as far as the window allows, has the clips recognized side by side, and
 * puts what comes back in order. While its consumer does not ask, nothing further is read.
 */
export class FileTranscription {
  readonly #options: FileTranscriptionOptions;
  readonly #pending: PendingClip[] = [];
  readonly #segments: RecordingSegment[] = [];
  #reading: Promise<FileReading> | undefined;
  #end: EndOfReading | undefined;
  #readMs = 0;
  #recognizedMs = 0;
  #speechMs = 0;
  /** The last words, as they were heard. */
  #lastWords: readonly string[] = [];
  /** Of the clip before, when the next one goes on in the same breath. */
  #wordsBeforeSplit: readonly string[] = [];

  constructor(options: FileTranscriptionOptions) {
    this.#options = options;
  }

  /** Time that was spent on decoding the file and searching it for speech, in milliseconds; known at its end. */
  get readBusyMs(): number | undefined {
    return this.#end?.busyMs;
  }

  /** Recognizes the file; nothing of it runs any more when it is over. @throws what ended it early. */
  async *events(): AsyncGenerator<FileEvent, void, undefined> {
    const { file, controller, windowClips } = this.#options;
    const readings = file.readings()[Symbol.asyncIterator]();
    try {
      yield { type: 'opened', description: file.description };
      while (this.#end === undefined || this.#pending.length > 0) {
        controller.signal.throwIfAborted();
        const first = this.#pending[0];
        if (first?.isSettled) {
          yield* this.#finish(first, await first.outcome);
          continue;
        }
        if (this.#end === undefined && this.#pending.length < windowClips()) this.#reading ??= this.#read(readings);
        const reading = await Promise.race([this.#reading, first?.outcome].filter((promise) => promise !== undefined));
        if ('type' in reading) yield* this.#take(reading);
      }
      yield { type: 'end', transcript: this.#transcript(this.#end) };
    } finally {
      controller.abort(new DOMException('the file is over', 'AbortError'));
      await Promise.allSettled([this.#reading, ...this.#pending.map(({ outcome }) => outcome)]);
      await readings.return?.();
    }
  }

  /** The next reading. A clip counts as read when there is room for it and it is on its way. */
  #read(readings: AsyncIterator<FileReading>): Promise<FileReading> {
    const read = async (): Promise<FileReading> => {
      const { value, done } = await readings.next();
      if (done) throw new TypeError('the reader ended without an end');
      if (value.type === 'clip') await this.#submit(value.clip);
      return value;
    };
    const reading = read();
    // The consumer may be away when it fails; whoever waits next is told.
    reading.catch(() => undefined);
    return reading;
  }

  *#take(reading: FileReading): Generator<FileEvent, void, undefined> {
    this.#reading = undefined;
    if (reading.type === 'clip') return;
    if (reading.type === 'end') this.#end = reading;
    yield this.#progress(reading.type === 'end' ? reading.durationMs : reading.readMs);
  }

  async #submit({ samples, ...clip }: RecordingClip): Promise<void> {
    const { services, budget, protocol, controller } = this.#options;
    let sizeBytes = budget.tryAcquire(samples.length);
    while (sizeBytes === undefined) {
      await waitFor(services.clock, BUDGET_RETRY_MS, controller.signal);
      sizeBytes = budget.tryAcquire(samples.length);
    }
    const heldBytes = sizeBytes;
    this.#speechMs += samples.length / SAMPLES_PER_MS;
    services.metrics.audioReceived(protocol, samples.length / SAMPLES_PER_MS);
    const outcome = this.#recognize({ samples, speech: clip.evidence }).finally(() => {
      pending.isSettled = true;
      budget.release(heldBytes);
    });
    const pending: PendingClip = { clip: { ...clip, samples: NO_SAMPLES }, outcome, isSettled: false };
    // Its turn to be awaited comes in the order of the file.
    outcome.catch(() => undefined);
    this.#pending.push(pending);
  }

  /** A refusal for want of room is no failure: whoever sends a file waits for it anyway. */
  async #recognize(clip: Pick<ScheduledClip, 'samples' | 'speech'>): Promise<ScheduledOutcome> {
    const { services, key, controller, keywords } = this.#options;
    const { signal } = controller;
    for (;;) {
      try {
        const outcome = await services.scheduler.submit({
          lane: 'file',
          key,
          tenant: key,
          ...clip,
          ...(keywords && keywords.length > 0 && { keywords }),
          signal,
        }).promise;
        this.#observe(clip.samples.length, outcome);
        return outcome;
      } catch (error) {
        if (!(error instanceof SchedulingError && error.code === 'overloaded')) {
          this.#observe(clip.samples.length, signal.aborted ? 'cancelled' : 'failed');
          throw signal.aborted ? error : recognitionFailure(error, key);
        }
        await waitFor(services.clock, error.retryAfterMs ?? DEFAULT_RETRY_MS, signal);
      }
    }
  }

  #observe(lengthSamples: number, outcome: ScheduledOutcome | 'failed' | 'cancelled'): void {
    const { services, protocol } = this.#options;
    const context = { protocol, model: services.model().id };
    services.metrics.clipFinished(
      typeof outcome === 'string'
        ? unrecognizedObservation(lengthSamples, outcome, context)
        : fileClipObservation(lengthSamples, outcome, context),
    );
  }

  *#finish({ clip }: PendingClip, outcome: ScheduledOutcome): Generator<FileEvent, void, undefined> {
    this.#pending.shift();
    const transcript = this.#join(clip, outcome.transcript);
    const written = formatTranscript(transcript, this.#options.format, { precededBy: this.#lastWords });
    if (transcript.text !== '') this.#lastWords = [...this.#lastWords, ...splitText(transcript.text)].slice(-REMEMBERED_WORDS);
    const segment = segmentOf(clip, written, this.#segments.length);
    if (segment !== undefined) {
      this.#segments.push(segment);
      yield { type: 'segment', segment };
    }
    yield this.#progress(this.#readMs);
  }

  /** What a clip adds to the one before it. */
  #join({ continues }: RecordingClip, heard: Transcript): Transcript {
    const words = splitText(heard.text);
    const repeated = countRepeatedWords(this.#wordsBeforeSplit, words);
    this.#wordsBeforeSplit = continues ? words : [];
    return withoutFirstWords(heard, repeated);
  }

  #progress(readMs: number): FileEvent {
    const [first] = this.#pending;
    const knownMs = first === undefined ? readMs : first.clip.startSample / SAMPLES_PER_MS;
    this.#readMs = Math.max(this.#readMs, readMs);
    this.#recognizedMs = Math.max(this.#recognizedMs, knownMs);
    return { type: 'progress', readMs: this.#readMs, recognizedMs: this.#recognizedMs };
  }

  #transcript({ durationMs, isTruncated }: EndOfReading): RecordingTranscript {
    const { services, clipPolicyId } = this.#options;
    return {
      text: joinText(this.#segments),
      durationMs,
      speechMs: this.#speechMs,
      segments: this.#segments,
      model: services.model().id,
      clipPolicyId,
      isTruncated,
    };
  }
}
