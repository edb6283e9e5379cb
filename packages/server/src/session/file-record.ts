import type { ProtocolLabel, RequestOutcome } from '@outspoken/monitoring';
import type { RecordingTranscript } from '@outspoken/recording';
import { FileReaderError } from '../dispatch/file-reader.ts';
import type { FileEvent } from './file-transcription.ts';
import type { SessionError } from './session-error.ts';
import type { SessionServices } from './session-services.ts';

/** What a file was worth knowing when it is over: written once to the metrics and the log, whatever happened. */
export class FileRecord {
  readonly #services: SessionServices;
  readonly #protocol: ProtocolLabel;
  readonly #startedMs: number;
  #outcome: RequestOutcome = 'cancelled';
  #error: unknown;
  #container = 'other';
  #firstSegmentMs: number | undefined;
  #transcript: RecordingTranscript | undefined;
  #readBusyMs: number | undefined;

  constructor(services: SessionServices, protocol: ProtocolLabel) {
    this.#services = services;
    this.#protocol = protocol;
    this.#startedMs = services.clock.nowMs();
    services.metrics.fileStarted();
  }

  /**
   * Something came out of the file.
   *
   * @param readBusyMs - Time spent on decoding it and searching it for speech, in milliseconds, once that is known.
   */
  note(event: FileEvent, readBusyMs: number | undefined): void {
    switch (event.type) {
      case 'opened':
        this.#container = event.description.container;
        break;
      case 'segment':
        this.#firstSegmentMs ??= this.#elapsedMs();
        break;
      case 'end':
        this.#transcript = event.transcript;
        this.#readBusyMs = readBusyMs;
        this.#outcome = 'ok';
        break;
      case 'progress':
        break;
      default:
        event satisfies never;
    }
  }

  /** The file ended early, and not because its caller gave it up. */
  fail(error: SessionError | FileReaderError): void {
    this.#error = error;
    this.#outcome = isRefusal(error) ? 'rejected' : 'failed';
    this.#services.metrics.rejected(error.code);
  }

  /** The file is over. */
  finish(): void {
    const { metrics, log } = this.#services;
    const figures = {
      container: this.#container,
      requestMs: this.#elapsedMs(),
      ...(this.#firstSegmentMs === undefined ? {} : { firstSegmentMs: this.#firstSegmentMs }),
      ...(this.#transcript && { audioMs: this.#transcript.durationMs, speechMs: this.#transcript.speechMs }),
      ...(this.#readBusyMs === undefined ? {} : { readMs: this.#readBusyMs }),
    };
    metrics.fileFinished({ protocol: this.#protocol, outcome: this.#outcome, ...figures });
    const fields = { protocol: this.#protocol, outcome: this.#outcome, ...figures };
    if (this.#outcome === 'failed') log.warn({ ...fields, err: this.#error }, 'file failed');
    else log.debug(fields, 'file finished');
  }

  #elapsedMs(): number {
    return this.#services.clock.nowMs() - this.#startedMs;
  }
}

/** Whether the file or the moment is to blame, and not the server. */
function isRefusal(error: SessionError | FileReaderError): boolean {
  if (error instanceof FileReaderError) return error.code !== 'reader_failed';
  return error.code === 'overloaded' || error.code === 'draining';
}
