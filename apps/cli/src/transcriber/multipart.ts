import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The body of a form with one file, ready to be sent with its exact length. */
export interface MultipartBody {
  readonly contentType: string;
  readonly lengthBytes: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** What the form holds: fields first, so that the receiver knows what to do with the file when it comes. */
export interface MultipartForm {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly file: { readonly path: string; readonly name: string; readonly mediaType: string; readonly sizeBytes: number };
}

/** Builds a `multipart/form-data` body that is read from the disk while it is sent. */
export function multipartBody({ fields, file }: MultipartForm): MultipartBody {
  const boundary = `outspoken-${randomUUID()}`;
  const heads = fields.map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`,
  );
  const fileHead = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${escapeName(file.name)}"\r\ncontent-type: ${file.mediaType}\r\n\r\n`;
  const before = Buffer.from(heads.join('') + fileHead);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    lengthBytes: before.length + file.sizeBytes + after.length,
    async *chunks() {
      yield before;
      // Exactly what was announced, even when the file grows meanwhile.
      if (file.sizeBytes > 0) {
        yield* createReadStream(file.path, { end: file.sizeBytes - 1 });
      }
      yield after;
    },
  };
}

/** As the HTML standard writes names into a form. */
function escapeName(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
