import { PROTOCOL_NAME, parseSessionRequest, type SessionGrant } from '@outspoken/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_RETRY_MS } from '../session/recognition-failure.ts';
import { SessionError } from '../session/session-error.ts';
import { sessionLimits } from '../session/session-messages.ts';
import type { ApiContext } from './api-context.ts';

const PREFLIGHT_SECONDS = 600;

/**
 * `POST v1/sessions`: a ticket for one socket, or a refusal. It comes first because a browser hides from a page why a socket was
 * refused; here the page can read the reason and when to come back.
 */
export function registerSessions(scope: FastifyInstance, context: ApiContext): void {
  scope.options('/v1/sessions', async (request, reply) => {
    checkOrigin(request, context);
    allowCors(request, reply, context);
    reply.header('access-control-allow-methods', 'POST').header('access-control-allow-headers', 'content-type');
    return reply.code(204).header('access-control-max-age', PREFLIGHT_SECONDS).send();
  });
  scope.post('/v1/sessions', { onRequest: async (request, reply) => allowCors(request, reply, context) }, async (request, reply) => {
    checkOrigin(request, context);
    checkCapacity(context);
    if (request.body !== undefined && request.body !== null) parseSessionRequest(request.body);
    const grant: SessionGrant = {
      ticket: context.registry.issueTicket(),
      expiresInMs: context.sessionOptions.ticketTtlMs,
      streamPath: 'v1/stream',
      protocol: PROTOCOL_NAME,
      limits: sessionLimits(context.sessionOptions),
    };
    return reply.code(201).header('cache-control', 'no-store').send(grant);
  });
}

/** @throws {@link SessionError} `origin_not_allowed`. */
export function checkOrigin(request: FastifyRequest, context: ApiContext): void {
  if (!context.origins.isAllowed(request.headers.origin, request.host)) {
    throw new SessionError('origin_not_allowed', 'pages of this origin may not use the server');
  }
}

/** @throws {@link SessionError} `draining` or `overloaded`. */
function checkCapacity({ registry, hasWorker, scheduler, sessionOptions }: ApiContext): void {
  const retry = { retryAfterMs: DEFAULT_RETRY_MS };
  if (registry.isDraining) throw new SessionError('draining', 'the server is shutting down', retry);
  if (!hasWorker()) throw new SessionError('overloaded', 'no worker is ready yet', retry);
  if (!registry.hasRoom) throw new SessionError('overloaded', 'the server has as many sessions as it may', { retryAfterMs: 5_000 });
  const admission = scheduler.admit(sessionOptions.typicalClipMs);
  if (!admission.admitted) {
    throw new SessionError(admission.reason, 'the server has more speech than it can recognize', { retryAfterMs: admission.retryAfterMs });
  }
}

function allowCors(request: FastifyRequest, reply: FastifyReply, { origins }: ApiContext): void {
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (!origins.isListed(origin)) return;
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after, x-request-id');
}
