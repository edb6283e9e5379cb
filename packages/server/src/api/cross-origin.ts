import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SessionError } from '../session/session-error.ts';
import type { ApiContext } from './api-context.ts';

const PREFLIGHT_SECONDS = 600;
/** Names of headers, as browsers list them. Longer lists are those of no client. */
const HEADER_LIST = /^[\w!#$%&'*+.^`|~, -]{1,2000}$/;
const READABLE_HEADERS = 'retry-after, retry-after-ms, x-request-id, x-should-retry';

/** @throws {@link SessionError} `origin_not_allowed`. */
export function checkOrigin(request: FastifyRequest, context: Pick<ApiContext, 'origins'>): void {
  if (!context.origins.isAllowed(request.headers.origin, request.host)) {
    throw new SessionError('origin_not_allowed', 'pages of this origin may not use the server');
  }
}

/** Lets pages of listed origins read the answer, whatever it will be. */
export function allowCors(request: FastifyRequest, reply: FastifyReply, { origins }: Pick<ApiContext, 'origins'>): void {
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (!origins.isListed(origin)) return;
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', READABLE_HEADERS);
}

/** What a preflight allows. */
export interface PreflightOptions {
  readonly methods: string;
  /** Names of headers; those that the page asks for when absent. */
  readonly headers?: string;
}

/** Answers the question that a browser asks before a page may send a request of its own making. */
export function registerPreflight(scope: FastifyInstance, url: string, context: ApiContext, options: PreflightOptions): void {
  scope.options(url, { schema: { hide: true } }, async (request, reply) => {
    checkOrigin(request, context);
    allowCors(request, reply, context);
    const asked = request.headers['access-control-request-headers'] ?? '';
    const headers = options.headers ?? (HEADER_LIST.test(asked) ? asked : 'content-type');
    reply.header('access-control-allow-methods', options.methods).header('access-control-allow-headers', headers);
    return reply.code(204).header('access-control-max-age', PREFLIGHT_SECONDS).send();
  });
}
