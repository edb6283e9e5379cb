// Adds `operationId`, `summary` and `tags` to the schemas of Fastify.
import type {} from '@fastify/swagger';
import type { FastifySchema } from 'fastify';

/** Status codes of a route with what each answer holds. */
interface Responses {
  readonly [status: string]: object;
}

/** A schema that is named once, under `components` of the OpenAPI document. */
export interface SharedSchema {
  readonly $id: string;
  readonly [keyword: string]: unknown;
}

/** The failure of every route but those of OpenAI's API. */
export const REFUSAL_SCHEMA: SharedSchema = {
  $id: 'Refusal',
  type: 'object',
  description: 'Why a request was refused',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'retryable'],
      properties: {
        code: { type: 'string', description: 'One of the error codes of the protocol', examples: ['overloaded'] },
        message: { type: 'string' },
        retryable: { type: 'boolean', description: 'Whether the same request may succeed later' },
        retryAfterMs: { type: 'number', minimum: 0, description: 'When to try again, in milliseconds' },
      },
    },
  },
};

const STATUS_SCHEMA = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };

export const HEALTH_SCHEMA: FastifySchema = {
  operationId: 'getHealth',
  summary: 'The process answers',
  tags: ['operation'],
  response: { 200: json('The process answers', STATUS_SCHEMA) },
};

export const READINESS_SCHEMA: FastifySchema = {
  operationId: 'getReadiness',
  summary: 'Whether clients may be sent here',
  tags: ['operation'],
  response: {
    200: json('A worker is ready', STATUS_SCHEMA),
    503: json('No worker is ready yet, or the server is shutting down', STATUS_SCHEMA),
  },
};

export const METRICS_SCHEMA: FastifySchema = {
  operationId: 'getMetrics',
  summary: 'Figures for Prometheus',
  tags: ['operation'],
  response: { 200: { description: 'Text in the format of Prometheus', content: { 'text/plain': { schema: { type: 'string' } } } } },
};

export const SESSION_SCHEMA: FastifySchema = {
  operationId: 'createSession',
  summary: 'Get a ticket for one socket',
  description: 'Comes before `/v1/stream`: a browser hides from a page why a socket was refused, here the page can read the reason.',
  tags: ['stream'],
  body: {
    type: 'object',
    description: 'May be left out',
    properties: {
      sdk: {
        type: 'object',
        required: ['name', 'version'],
        properties: { name: { type: 'string' }, version: { type: 'string' } },
      },
    },
  },
  response: {
    201: json('A ticket that opens one socket, soon', {
      type: 'object',
      required: ['ticket', 'expiresInMs', 'streamPath', 'protocol', 'limits'],
      properties: {
        ticket: { type: 'string', description: 'Offered as the subprotocol `ticket.<ticket>`' },
        expiresInMs: { type: 'number' },
        streamPath: { type: 'string' },
        protocol: { type: 'string' },
        limits: { type: 'object', additionalProperties: { type: 'number' } },
      },
    }),
    ...refusals({
      400: 'The body is not as described',
      403: 'Pages of this origin may not use the server',
      413: 'The body is too large',
      415: 'The body is not JSON',
      503: 'No room now; see Retry-After',
    }),
  },
};

export const STREAM_SCHEMA: FastifySchema = {
  operationId: 'openStream',
  summary: 'Stream speech over a WebSocket',
  description: 'Subprotocols `asr.v1` and `ticket.<ticket>`. What is said on the socket is described in `docs/protocol.md`.',
  tags: ['stream'],
  response: {
    101: { description: 'The socket is open' },
    ...refusals({
      400: 'The subprotocol is missing',
      401: 'The ticket is unknown, used or expired',
      403: 'Pages of this origin may not use the server',
      426: 'This address speaks WebSocket',
      503: 'The server is shutting down',
    }),
  },
};

/** An answer in JSON. */
export function json(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } };
}

function refusals(descriptions: Readonly<Record<number, string>>): Responses {
  return Object.fromEntries(Object.entries(descriptions).map(([status, text]) => [status, json(text, { $ref: 'Refusal#' })]));
}
