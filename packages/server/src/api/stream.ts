import websocket from '@fastify/websocket';
import { FRAME_HEADER_BYTES, MAX_FRAME_BYTES, PROTOCOL_NAME, TICKET_PREFIX } from '@outspoken/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DEFAULT_RETRY_MS } from '../session/recognition-failure.ts';
import { SessionError } from '../session/session-error.ts';
import type { ApiContext } from './api-context.ts';
import type { ConnectionSet } from './connection-set.ts';
import { checkOrigin } from './cross-origin.ts';
import { NOT_FOUND } from './refusal.ts';
import { STREAM_SCHEMA } from './schema.ts';
import { StreamConnection } from './stream-connection.ts';

/** Twice the largest frame: up to here a client is told in words that its frame is too large; beyond it the socket closes with 1009. */
const MAX_PAYLOAD_BYTES = 2 * (MAX_FRAME_BYTES + FRAME_HEADER_BYTES);
/** A message comes in one fragment from every client there is; thousands of them are an attack on memory. */
const MAX_FRAGMENTS = 64;

/** Adds WebSockets to a server. Must be registered before the routes, on the root instance: it watches every upgrade. */
export async function registerSockets(app: FastifyInstance, connections: ConnectionSet, streamUrl: string): Promise<void> {
  await app.register(websocket, {
    // The connection listens for errors itself; the plugin's own handler would cut the socket before its close frame is out.
    errorHandler: () => undefined,
    options: {
      maxPayload: MAX_PAYLOAD_BYTES,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
      // Only the protocol is echoed: the other offer is a secret.
      handleProtocols: () => PROTOCOL_NAME,
    },
    async preClose() {
      app.websocketServer.close();
      await connections.closeAll(1001, 'the server is shutting down');
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    // The plugin would accept an upgrade on any route, only to close it again.
    return request.ws && request.routeOptions.url !== streamUrl ? reply.code(NOT_FOUND.status).send(NOT_FOUND.body) : undefined;
  });
}

/** `v1/stream`: the socket of `asr.v1`. Everything that forbids it is answered over HTTP, before the upgrade. */
export function registerStream(scope: FastifyInstance, context: ApiContext, connections: ConnectionSet): void {
  scope.route({
    method: 'GET',
    url: '/v1/stream',
    schema: STREAM_SCHEMA,
    serializerCompiler: () => (data) => JSON.stringify(data),
    handler: async (_request, reply) => {
      const refusal = { code: 'unsupported_protocol', message: 'this address speaks WebSocket', retryable: false };
      return reply.code(426).header('upgrade', 'websocket').send({ error: refusal });
    },
    preValidation: async (request) => {
      if (request.ws) admit(request, context);
    },
    wsHandler: (socket, request) => {
      const netSocket = request.raw.socket;
      connections.add(
        new StreamConnection({
          socket,
          context,
          log: request.log,
          receivedBytes: () => netSocket.bytesRead,
          onClosed: (closed) => connections.delete(closed),
        }),
      );
    },
  });
}

/** @throws {@link SessionError} that forbids the socket. */
function admit(request: FastifyRequest, context: ApiContext): void {
  checkOrigin(request, context);
  if (context.registry.isDraining) throw new SessionError('draining', 'the server is shutting down', { retryAfterMs: DEFAULT_RETRY_MS });
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!offered.includes(PROTOCOL_NAME)) throw new SessionError('unsupported_protocol', `the subprotocol ${PROTOCOL_NAME} must be offered`);
  const ticket = offered.find((protocol) => protocol.startsWith(TICKET_PREFIX))?.slice(TICKET_PREFIX.length);
  if (ticket === undefined || !context.registry.redeemTicket(ticket)) {
    throw new SessionError('ticket_invalid', 'the ticket is unknown, used or expired: ask for a new session');
  }
}
