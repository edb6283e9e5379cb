import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError, codeOf } from '../cli-error.ts';
import type { MultipartBody } from './multipart.ts';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends one request and waits for its answer, however long that takes. Not `fetch`: it gives up after five minutes without a
 * header, and a long recording takes longer.
 *
 * @throws {@link CliError} `server_unreachable`, or the reason of the signal.
 */
export async function exchange(url: URL, options: { readonly signal: AbortSignal; readonly body?: MultipartBody }): Promise<HttpAnswer> {
  const { signal, body } = options;
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: body ? 'POST' : 'GET',
    headers: { accept: 'application/json', ...(body ? { 'content-type': body.contentType, 'content-length': body.lengthBytes } : {}) },
    signal,
    // A connection that is kept may be closed by the server in the very moment in which it is used again.
    agent: false,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // It stays: a server that refuses closes the connection while the rest is being sent, after its answer.
    request.on('error', reject);
  });
  try {
    if (body) {
      // What breaks it off ends the request too, which says so itself.
      pipeline(Readable.from(body.chunks(), { objectMode: false }), request).catch(() => {});
    } else {
      request.end();
    }
    const response = await answered;
    response.setEncoding('utf8');
    let text = '';
    for await (const part of response) {
      text += part;
    }
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  } catch (cause) {
    signal.throwIfAborted();
    const reason = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
    const message = `cannot talk to the server at ${url.origin} (${reason}), check the address and that it runs`;
    throw new CliError('server_unreachable', message, { cause });
  }
}
