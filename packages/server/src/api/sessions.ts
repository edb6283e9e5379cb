import { PROTOCOL_NAME, parseSessionRequest, type SessionGrant } from '@outspoken/protocol';
import type { FastifyInstance } from 'fastify';
import { SessionError } from '../session/session-error.ts';
import { sessionLimits } from '../session/session-messages.ts';
import type { ApiContext } from './api-context.ts';
import { checkCapacity } from './capacity.ts';
import { allowCors, checkOrigin, registerPreflight } from './cross-origin.ts';
import { SESSION_SCHEMA } from './schema.ts';

/**
 * `POST v1/sessions`: a ticket for one socket, or a refusal. It comes first because a browser hides from a page why a socket was
 * refused; here the page can read the reason and when to come back.
 */
export function registerSessions(scope: FastifyInstance, context: ApiContext): void {
  const { registry, sessionOptions } = context;
  registerPreflight(scope, '/v1/sessions', context, { methods: 'POST', headers: 'content-type' });
  scope.post(
    '/v1/sessions',
    {
      schema: SESSION_SCHEMA,
      // `parseSessionRequest` holds the body against the protocol's own schema, and the answer is made here.
      validatorCompiler: () => () => true,
      serializerCompiler: () => (data) => JSON.stringify(data),
      onRequest: async (request, reply) => allowCors(request, reply, context),
    },
    async (request, reply) => {
      checkOrigin(request, context);
      checkCapacity(context, 'final');
      if (!registry.hasRoom) throw new SessionError('overloaded', 'the server has as many sessions as it may', { retryAfterMs: 5_000 });
      if (request.body !== undefined && request.body !== null) parseSessionRequest(request.body);
      const grant: SessionGrant = {
        ticket: registry.issueTicket(),
        expiresInMs: sessionOptions.ticketTtlMs,
        streamPath: 'v1/stream',
        protocol: PROTOCOL_NAME,
        limits: sessionLimits(sessionOptions),
      };
      return reply.code(201).header('cache-control', 'no-store').send(grant);
    },
  );
}
