import { Readable } from 'node:stream';
import type { RecordingTranscript } from '@outspoken/recording';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileEvent, FileTranscriber } from '../../session/file-transcriber.ts';
import { SessionError } from '../../session/session-error.ts';
import type { ApiContext } from '../api-context.ts';
import type { BodyDeadlines } from '../body-deadlines.ts';
import type { HttpOptions } from '../http-options.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import type { Spool } from '../upload/spool.ts';
import type { SpoolFile } from '../upload/spool-file.ts';
import { UploadError } from '../upload/upload-error.ts';
import { eventStream } from './event-stream.ts';
import { Form } from './form.ts';
import { openAIRefusalOf, sendOpenAIRefusal } from './openai-error.ts';
import { checkModelFields, parseTranscriptionFields, type ServedModel, type TranscriptionFields } from './transcription-fields.ts';
import { writeTranscription } from './transcription-response.ts';

/** What the routes for files need beside the {@link ApiContext}. */
export interface FileApi {
  readonly transcriber: FileTranscriber;
  readonly spool: Spool;
  readonly deadlines: BodyDeadlines;
  readonly http: HttpOptions;
  /** Language of the model, as a BCP 47 tag. */
  readonly language: string;
}

/** One request for a transcript. What belongs to it is over when its connection or its answer is. */
export class TranscriptionRequest {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #context: ApiContext;
  readonly #files: FileApi;
  readonly #controller = new AbortController();
  readonly #model: ServedModel;
  /** Whether the transcriber has it, which counts how it ends. */
  #isCounted = false;

  constructor(request: FastifyRequest, reply: FastifyReply, context: ApiContext, files: FileApi) {
    this.#request = request;
    this.#reply = reply;
    this.#context = context;
    this.#files = files;
    this.#model = { id: context.model().id, language: files.language };
  }

  async answer(): Promise<FastifyReply> {
    const file = this.#files.spool.create();
    const { raw } = this.#reply;
    raw.once('close', () => {
      if (!raw.writableFinished) this.#controller.abort(new DOMException('the client is gone', 'AbortError'));
      void file[Symbol.asyncDispose]();
    });
    try {
      const fields = await this.#receive(file);
      return await this.#transcribe(this.#eventsOf(file, fields), fields);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      return this.#fail(error);
    }
  }

  #fail(error: unknown): FastifyReply {
    if (this.#isGone) {
      if (!this.#isCounted) this.#context.metrics.requestFinished('openai', 'cancelled');
      this.#request.log.info('client gone before its answer');
      // Nobody reads it, but Fastify wants an answer to close its books.
      return this.#reply.code(499).send();
    }
    if (!this.#isCounted) throw error;
    const refusal = openAIRefusalOf(error);
    if (refusal.reason === 'internal') this.#request.log.error({ err: error }, 'request failed');
    return sendOpenAIRefusal(this.#reply, refusal);
  }

  /** Whether there is nobody to answer. A connection that ended in the middle of its form takes no answer either. */
  get #isGone(): boolean {
    const { raw } = this.#request;
    return this.#reply.raw.destroyed || raw.socket.destroyed || (raw.destroyed && !raw.complete);
  }

  /** What is heard in the file, which loses its name once it is open. It ends with the connection even if nobody asks for more. */
  #eventsOf(file: SpoolFile, { text: format, keywords }: TranscriptionFields): AsyncGenerator<FileEvent> {
    const { signal } = this.#controller;
    const events = unlinking(this.#files.transcriber.transcribe(file.path, { signal, protocol: 'openai', format, keywords }), file);
    this.#isCounted = true;
    // How it ended is told to whoever waits for an event; here is only somebody who tidies up.
    this.#reply.raw.once('close', () => void events.return(undefined).catch(() => undefined));
    return events;
  }

  /** Takes in the whole form, within the time of an upload. */
  async #receive(file: SpoolFile): Promise<TranscriptionFields> {
    const { deadlines } = this.#files;
    const { socket } = this.#request.raw;
    const slow = new UploadError('upload_incomplete', 'the upload was too slow', { isTimeout: true });
    const giveUp = (): void => this.#controller.abort(slow);
    const endUpload = deadlines.allowUpload(this.#request.raw, giveUp);
    const endReceiving = file.startReceiving(giveUp);
    // The deadline answers; the silence of a socket only ends in a closed connection.
    socket.setTimeout(0);
    try {
      const fields = await receiveUpload(this.#request, {
        file,
        checkEarly: (early) => checkModelFields(new Form(early), this.#model),
        signal: this.#controller.signal,
      });
      return parseTranscriptionFields(new Form(fields), this.#model);
    } finally {
      endUpload();
      endReceiving();
      socket.setTimeout(this.#files.http.idleConnectionMs);
      this.#context.metrics.uploadReceived(file.sizeBytes);
    }
  }

  async #transcribe(events: AsyncGenerator<FileEvent>, fields: TranscriptionFields): Promise<FastifyReply> {
    if (fields.isStreamed) return this.#stream(await this.#begun(events), fields);
    const { socket } = this.#request.raw;
    // Nothing is said until all is heard. A client that vanished without a word is noticed by TCP.
    socket.setTimeout(0).setKeepAlive(true, this.#files.http.idleConnectionMs);
    try {
      const { contentType, body } = writeTranscription(await endOf(events), fields, this.#model.language);
      return this.#reply.header('cache-control', 'no-store').type(contentType).send(body);
    } finally {
      socket.setTimeout(this.#files.http.idleConnectionMs);
    }
  }

  /**
   * Waits until something was read of the file, so that one that cannot be gets a status; but not longer than a proxy would wait for
   * a first byte.
   */
  async #begun(events: AsyncGenerator<FileEvent>): Promise<AsyncIterator<FileEvent>> {
    const { clock } = this.#context;
    // The client has no use for `opened`.
    const first = events.next().then((result) => (result.value?.type === 'opened' ? events.next() : result));
    // Where it comes too late to be waited for here, the stream does.
    first.catch(() => undefined);
    let cancel = (): void => undefined;
    const waited = new Promise<void>((resolve) => {
      cancel = clock.schedule(this.#files.http.heartbeatMs, resolve);
    });
    await Promise.race([first, waited]).finally(() => cancel());
    let isFirst = true;
    return {
      next() {
        const result = isFirst ? first : events.next();
        isFirst = false;
        return result;
      },
      return: () => events.return(undefined),
    };
  }

  #stream(events: AsyncIterator<FileEvent>, { hasLogprobs }: TranscriptionFields): FastifyReply {
    const text = eventStream(events, {
      clock: this.#context.clock,
      heartbeatMs: this.#files.http.heartbeatMs,
      hasLogprobs,
      onFailure: (error, { reason }) => {
        if (this.#controller.signal.aborted) return;
        this.#request.log.warn({ code: reason, err: reason === 'internal' ? error : undefined }, 'transcript broke off');
      },
    });
    const body = Readable.from(text, { objectMode: false });
    return (
      this.#reply
        .type('text/event-stream; charset=utf-8')
        // The second is for nginx, which would keep the events until it has a buffer full of them.
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(body)
    );
  }
}

/** Removes the name of the file once it is open. */
async function* unlinking(events: AsyncGenerator<FileEvent>, file: SpoolFile): AsyncGenerator<FileEvent> {
  for await (const event of events) {
    if (event.type === 'opened') await file.unlink();
    yield event;
  }
}

async function endOf(events: AsyncIterable<FileEvent>): Promise<RecordingTranscript> {
  for await (const event of events) if (event.type === 'end') return event.transcript;
  throw new SessionError('internal', 'the transcript has no end');
}
