import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SessionMetrics } from '../session/session-metrics.ts';
import type { BodyDeadlines } from './body-deadlines.ts';
import { isOpenAIPath } from './openai/openai.ts';
import { openAIRefusalOf, sendOpenAIRefusal } from './openai/openai-error.ts';
import { NOT_FOUND, type Refusal, refusalOf } from './refusal.ts';

/**
 * For the page and everything beside it: no code, style or connection that is not from here, except WebAssembly.
 * `connect-src 'self'` covers the socket of the same host.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'microphone=(self)',
};

/** What {@link registerHooks} needs. */
export interface HookOptions {
  readonly metrics: Pick<SessionMetrics, 'rejected'>;
  readonly deadlines: Pick<BodyDeadlines, 'invite'>;
}

/** What holds for every answer: a request id, the security headers, errors as coded JSON, one line in the log. */
export function registerHooks(app: FastifyInstance, { metrics, deadlines }: HookOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
  });
  // Nothing that an `onRequest` hook refuses is sent in vain.
  app.addHook('preParsing', async (request, reply) => deadlines.invite(request.raw, reply.raw));
  app.addHook('onResponse', async (request, reply) => {
    // The path without its query, which is the caller's own business.
    const path = request.url.split('?', 1)[0];
    const fields = { method: request.method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) };
    request.log.debug(fields, 'request finished');
  });
  app.setNotFoundHandler(async (_request, reply) => sendRefusal(reply, NOT_FOUND));
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500 && refusal.body.error.code === 'internal') request.log.error({ err: error }, 'request failed');
    else metrics.rejected(refusal.body.error.code);
    return sendRefusal(reply, refusal);
  });
}

/** Answers an address that no route can be looked up for. */
export function frameworkError(error: unknown, request: FastifyRequest, reply: FastifyReply, basePath: string): void {
  if (isOpenAIPath(request.url, basePath)) void sendOpenAIRefusal(reply, openAIRefusalOf(error));
  else void sendRefusal(reply, refusalOf(error));
}

/** Answers what is not HTTP, or came too slowly to be a request, and hangs up. Nothing of it is logged: it may hold a ticket. */
export function clientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const status = isSlow ? '408 Request Timeout' : isLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({ error: { code: 'bad_message', message: 'the request cannot be understood', retryable: isSlow } });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}

/** Whether an answer is under way: what is written now would be read as a part of it. */
function isAnswering(socket: Socket): boolean {
  // Node tells nobody else whose turn it is among the answers of a connection, and asks the same before it writes a 400 of its own.
  return (socket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage?.headersSent ?? false;
}

function sendRefusal(reply: FastifyReply, { status, body }: Refusal): FastifyReply {
  const { retryAfterMs } = body.error;
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return reply.code(status).header('cache-control', 'no-store').send(body);
}
