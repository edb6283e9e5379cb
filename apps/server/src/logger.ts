import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import type { Settings } from './settings.ts';

// Never logged, wherever they appear: what was said, and what opens a session.
const SECRET_FIELDS = ['pii', 'text', 'words', 'tokens', 'transcript', 'samples', 'audio', 'ticket', 'resumeToken', 'headers'];
const REDACTED = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]);

/**
 * A logger that writes JSON lines. What may be logged of a request, a response and an error is an allow-list:
 * no headers, no query string, no address of a client.
 */
export function createLogger(options: { readonly level: Settings['logLevel']; readonly destination: DestinationStream }): Logger {
  return pino(
    {
      name: 'outspoken',
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { req: describeRequest, res: describeResponse, err: describeError, error: describeError },
    },
    options.destination,
  );
}

function describeRequest(request: unknown): Readonly<Record<string, unknown>> {
  const { method, url } = fieldsOf(request);
  return { method, path: typeof url === 'string' ? url.split('?')[0] : undefined };
}

function describeResponse(response: unknown): Readonly<Record<string, unknown>> {
  return { statusCode: fieldsOf(response)['statusCode'] };
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return { type: typeof error };
  }
  const { code } = fieldsOf(error);
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, code, message: error.message, stack: stdSerializers.err(error).stack, ...cause };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
