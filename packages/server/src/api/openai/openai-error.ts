import { SUPPORTED_MEDIA } from '@outspoken/media/formats';
import { ERROR_CODES, ProtocolError } from '@outspoken/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { FileReaderError, type FileReaderErrorCode } from '../../dispatch/file-reader.ts';
import { DEFAULT_RETRY_MS } from '../../session/recognition-failure.ts';
import { SessionError } from '../../session/session-error.ts';
import type { ApiContext } from '../api-context.ts';
import { refusalOf } from '../refusal.ts';
import { UploadError, type UploadErrorCode } from '../upload/upload-error.ts';
import { RequestError } from './request-error.ts';

/** The body of every failure; clients rely on all four fields. */
interface OpenAIErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A failure in the words of OpenAI's API. */
export interface OpenAIRefusal {
  readonly status: number;
  readonly body: OpenAIErrorBody;
  /** Whether the same request may succeed later; sent as `x-should-retry`, which the official clients obey. */
  readonly isRetryable: boolean;
  /** When to come back, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Reason under which the refusal is counted. */
  readonly reason: string;
}

interface Rule {
  readonly status: number;
  readonly retryAfterMs?: number;
  /** Reason under which it is counted, where it is not the code. */
  readonly reason?: string;
  /** Where the same may succeed later although nobody knows when. */
  readonly isRetryable?: boolean;
}

/** About as long as a short recording takes. */
const BUSY_RETRY_MS = 2_000;
/** About as long as uploads take to go. */
const SPOOL_RETRY_MS = 5_000;

const READER_RULES: Readonly<Record<FileReaderErrorCode, Rule>> = {
  unsupported_media: { status: 415 },
  media_damaged: { status: 400 },
  media_empty: { status: 400 },
  media_too_long: { status: 413 },
  media_too_complex: { status: 400 },
  reader_failed: { status: 422 },
  readers_busy: { status: 503, retryAfterMs: BUSY_RETRY_MS },
  closed: { status: 503, retryAfterMs: DEFAULT_RETRY_MS, reason: 'draining' },
};

const UPLOAD_RULES: Readonly<Record<UploadErrorCode, Rule>> = {
  upload_too_large: { status: 413 },
  upload_incomplete: { status: 400 },
  too_many_uploads: { status: 503, retryAfterMs: BUSY_RETRY_MS, reason: 'overloaded' },
  spool_full: { status: 503, retryAfterMs: SPOOL_RETRY_MS },
  spool_failed: { status: 503, retryAfterMs: SPOOL_RETRY_MS, reason: 'spool_full' },
  bad_upload: { status: 400, reason: 'bad_request' },
};

/** What a failed request is answered. Nothing about the inside of the server is told. */
export function openAIRefusalOf(error: unknown): OpenAIRefusal {
  if (error instanceof RequestError) {
    const reason = error.code === 'model_not_found' ? 'unknown_model' : 'bad_request';
    return refusal(error.code, error.message, { status: error.status, reason }, error.param);
  }
  if (error instanceof UploadError) {
    const rule = error.isTimeout ? { status: 408, isRetryable: true } : UPLOAD_RULES[error.code];
    return refusal(error.code, error.message, rule, error.field);
  }
  if (error instanceof FileReaderError) {
    const rule = READER_RULES[error.code];
    const message = error.code === 'unsupported_media' ? `the file cannot be decoded, send one of: ${SUPPORTED_MEDIA}` : error.message;
    return refusal(error.code, message, rule, rule.retryAfterMs === undefined ? 'file' : undefined);
  }
  if (error instanceof SessionError || error instanceof ProtocolError) {
    const { httpStatus: status, isRetryable } = ERROR_CODES[error.code];
    const retryAfterMs = error instanceof SessionError && isRetryable ? (error.retryAfterMs ?? DEFAULT_RETRY_MS) : undefined;
    return refusal(error.code, error.message, { status, isRetryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  return frameworkRefusal(error);
}

/** Counts and logs a failure before it is answered. */
export function noteRefusal(error: unknown, request: FastifyRequest, { metrics }: Pick<ApiContext, 'metrics'>): OpenAIRefusal {
  const refusal = openAIRefusalOf(error);
  if (refusal.reason === 'internal') request.log.error({ err: error }, 'request failed');
  else if (error instanceof UploadError && error.cause !== undefined && refusal.status >= 500) {
    request.log.error({ code: error.code, err: error.cause }, 'upload cannot be stored');
  }
  metrics.rejected(refusal.reason);
  return refusal;
}

/** Answers with a failure. */
export function sendOpenAIRefusal(reply: FastifyReply, { status, body, isRetryable, retryAfterMs }: OpenAIRefusal): FastifyReply {
  reply.header('x-should-retry', String(isRetryable)).header('cache-control', 'no-store');
  if (retryAfterMs !== undefined) {
    reply.header('retry-after-ms', Math.ceil(retryAfterMs)).header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
  }
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

/** A failure that Fastify found, or a fault of ours. */
function frameworkRefusal(error: unknown): OpenAIRefusal {
  const { code = '', validationContext, validation } = (error ?? {}) as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return openAIRefusalOf(new RequestError('unsupported_content_type', 'the content type must be multipart/form-data'));
  }
  if (validation !== undefined) {
    return openAIRefusalOf(new RequestError('invalid_value', `the ${validationContext ?? 'request'} does not match the schema`));
  }
  const { status, body } = refusalOf(error);
  const { code: reason, message, retryable, retryAfterMs } = body.error;
  // A fault may be gone with the next try; waiting a moment costs nothing.
  const waitMs = retryable ? (retryAfterMs ?? DEFAULT_RETRY_MS) : undefined;
  const rule = { status, isRetryable: retryable, reason: reason === 'bad_message' ? 'bad_request' : reason };
  return refusal(rule.reason, message, { ...rule, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) });
}

function refusal(code: string, message: string, rule: Rule, param?: string): OpenAIRefusal {
  const { status, retryAfterMs, reason = code, isRetryable = retryAfterMs !== undefined } = rule;
  return {
    status,
    body: { error: { message, type: typeOf(status), param: param ?? null, code } },
    isRetryable,
    retryAfterMs,
    reason,
  };
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
