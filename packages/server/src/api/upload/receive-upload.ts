import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { SpoolFile } from './spool-file.ts';
import { UploadError } from './upload-error.ts';

/** The field that carries the recording. */
const FILE_FIELD = 'file';

/** Bounds of a form, the file aside. Twelve fields are defined today; lists come as one field for each entry. */
export const FORM_LIMITS = Object.freeze({
  /** Fields and file together. */
  parts: 65,
  fields: 64,
  files: 1,
  /** Bytes of one value. */
  fieldSize: 65_536,
  /** Bytes of one name. */
  fieldNameSize: 100,
  /** Headers of one part. */
  headerPairs: 16,
  /** Bytes of all headers of one part. */
  headerSize: 8_192,
});

/** A field of a form. */
export interface FormField {
  readonly name: string;
  readonly value: string;
}

/** Options of {@link receiveUpload}. */
export interface ReceiveUploadOptions {
  /** Where the file goes; the caller disposes of it. */
  readonly file: SpoolFile;
  /** Looks at the fields that came before the file, while it may still be refused unread. May throw. */
  readonly checkEarly: (fields: readonly FormField[]) => void;
  /** Gives the upload up. */
  readonly signal: AbortSignal;
}

/**
 * Reads a form with one file to its end: the file to disk, no faster than the disk takes it, the fields to memory.
 *
 * @throws {@link UploadError}, or the reason of the signal.
 */
export async function receiveUpload(request: FastifyRequest, options: ReceiveUploadOptions): Promise<readonly FormField[]> {
  const fields: FormField[] = [];
  const parts = quiet(request).parts()[Symbol.asyncIterator]();
  const aborted = rejectionOf(options.signal);
  let filePart: MultipartFile | undefined;
  try {
    for (;;) {
      const { value: part, done } = await Promise.race([parts.next(), aborted.promise]);
      if (done === true) break;
      if (part.type === 'file') {
        filePart = part;
        options.checkEarly(fields);
        await Promise.race([receiveFile(part, options.file), aborted.promise]);
      } else {
        fields.push(fieldOf(part));
      }
    }
  } catch (error) {
    // What else comes is for nobody. Node lets only such a body pass by that nobody has touched: this one would stop its client.
    request.raw.unpipe();
    request.raw.resume();
    filePart?.file.destroy();
    options.signal.throwIfAborted();
    throw error instanceof Error && !isMalformed(error) ? error : malformed(error);
  } finally {
    aborted.stop();
  }
  if (filePart === undefined)
    throw new UploadError('bad_upload', 'the form must have a recording as the field file', { field: FILE_FIELD });
  return fields;
}

const ignore = (): void => undefined;

/** The same request to a parser that would write all its headers to the log, keys among them. */
function quiet(request: FastifyRequest): FastifyRequest {
  return Object.create(request, { log: { value: { debug: ignore, trace: ignore } } });
}

async function receiveFile(part: MultipartFile, file: SpoolFile): Promise<void> {
  if (part.fieldname !== FILE_FIELD) {
    throw new UploadError('bad_upload', 'the recording must be sent as the field file, other fields must be texts', { field: FILE_FIELD });
  }
  await file.receive(part.file);
}

interface TextPart {
  readonly fieldname: string | undefined;
  readonly value: unknown;
  readonly valueTruncated: boolean;
}

function fieldOf({ fieldname, value, valueTruncated }: TextPart): FormField {
  if (fieldname === undefined || fieldname.length > FORM_LIMITS.fieldNameSize) {
    throw new UploadError('bad_upload', `each field must have a name of at most ${FORM_LIMITS.fieldNameSize} bytes`);
  }
  if (fieldname === FILE_FIELD) {
    throw new UploadError('bad_upload', 'the field file must be a file with a name, not a text', { field: FILE_FIELD });
  }
  if (valueTruncated) throw new UploadError('bad_upload', `a field must be at most ${FORM_LIMITS.fieldSize} bytes`, { field: fieldname });
  // A part that says that it is JSON was parsed on the way.
  return { name: fieldname, value: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** Whether a failure comes from the parser of forms: it has no types of its own for most. */
function isMalformed(error: Error): boolean {
  return error.name !== 'UploadError' && (!('code' in error) || String(error.code).startsWith('FST_'));
}

const BROKEN_OFF = /terminated early|unexpected end|premature/i;

function malformed(error: unknown): UploadError {
  const code = String((error as { readonly code?: unknown }).code ?? '');
  const message = error instanceof Error ? error.message : '';
  const cause = { cause: error };
  if (code === 'FST_FILES_LIMIT')
    return new UploadError('bad_upload', 'the form must have exactly one file', { ...cause, field: FILE_FIELD });
  if (code === 'FST_PARTS_LIMIT' || code === 'FST_FIELDS_LIMIT') {
    return new UploadError('bad_upload', `the form must have at most ${FORM_LIMITS.fields} fields`, cause);
  }
  if (code === 'FST_PROTO_VIOLATION')
    return new UploadError('bad_upload', 'a field has a name that no field may have, leave it out', cause);
  if (code === 'FST_INVALID_JSON_FIELD_ERROR') {
    return new UploadError('bad_upload', 'a field says that it is JSON and is not, send it as a text', cause);
  }
  if (code === 'FST_MP_PREMATURE_CLOSE' || BROKEN_OFF.test(message)) {
    return new UploadError('upload_incomplete', 'the form broke off before its end', cause);
  }
  return new UploadError('bad_upload', 'the body must be a form of the type multipart/form-data', cause);
}

/** A promise that is rejected with the reason of a signal. */
function rejectionOf(signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
  });
  // Whoever races against it hears of it; between two races nobody listens.
  promise.catch(() => undefined);
  return { promise, stop };
}
