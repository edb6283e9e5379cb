import { deltaOf, joinText, type RecordingSegment } from '@outspoken/recording';
import type { Clock } from '../../session/clock.ts';
import type { FileEvent } from '../../session/file-transcriber.ts';
import { type OpenAIRefusal, openAIRefusalOf } from './openai-error.ts';
import { logprobsOf, truncationOf, usageOf } from './transcription-response.ts';

/** Options of {@link eventStream}. */
export interface EventStreamOptions {
  readonly clock: Clock;
  /** Longest time without a byte, in milliseconds. */
  readonly heartbeatMs: number;
  readonly hasLogprobs: boolean;
  /** Told of the failure that ends a stream. */
  readonly onFailure: (error: unknown, refusal: OpenAIRefusal) => void;
}

/** Comments, which every reader of server-sent events passes over. The first one brings the headers out at once. */
const OPENING = ': listening\n\n';
const HEARTBEAT = ': still listening\n\n';
const BEAT = Symbol('heartbeat');

/**
 * Writes a transcript as server-sent events while it is made: a delta for each segment, one `done` with the whole text, `[DONE]`.
 * A failure is an event as well, and the last one: the status of the answer has long been sent.
 *
 * @param events - What a `FileTranscriber` says.
 */
export async function* eventStream(events: AsyncIterator<FileEvent>, options: EventStreamOptions): AsyncGenerator<string> {
  const heartbeat = new Heartbeat(options.clock, options.heartbeatMs);
  const segments: RecordingSegment[] = [];
  try {
    yield OPENING;
    let pending = events.next();
    let beat = heartbeat.next();
    for (;;) {
      const result = await Promise.race([pending, beat]);
      if (result === BEAT) {
        yield HEARTBEAT;
        beat = heartbeat.next();
        continue;
      }
      if (result.done === true) return;
      const event = result.value;
      if (event.type === 'segment') {
        yield dataLine(deltaEvent(event.segment, segments.length === 0, options));
        segments.push(event.segment);
        beat = heartbeat.next();
      } else if (event.type === 'end') {
        const logprobs = options.hasLogprobs ? { logprobs: segments.flatMap(logprobsOf) } : {};
        const done = { text: joinText(segments), ...logprobs, usage: usageOf(event.transcript), ...truncationOf(event.transcript) };
        yield dataLine({ type: 'transcript.text.done', ...done });
        yield 'data: [DONE]\n\n';
        return;
      }
      pending = events.next();
    }
  } catch (error) {
    const refusal = openAIRefusalOf(error);
    options.onFailure(error, refusal);
    yield dataLine(refusal.body);
  } finally {
    heartbeat.stop();
    await events.return?.();
  }
}

function deltaEvent(segment: RecordingSegment, isFirst: boolean, { hasLogprobs }: EventStreamOptions): object {
  return {
    type: 'transcript.text.delta',
    delta: deltaOf(segment, isFirst),
    segment_id: `seg_${segment.index}`,
    ...(hasLogprobs ? { logprobs: logprobsOf(segment) } : {}),
  };
}

function dataLine(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Beats when nothing else was written for a while. */
class Heartbeat {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #cancel = (): void => undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** The next beat, counted from now; the one before is forgotten. */
  next(): Promise<typeof BEAT> {
    this.#cancel();
    return new Promise((resolve) => {
      this.#cancel = this.#clock.schedule(this.#intervalMs, () => resolve(BEAT));
    });
  }

  stop(): void {
    this.#cancel();
  }
}
