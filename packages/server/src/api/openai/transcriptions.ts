import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { checkCapacity } from '../capacity.ts';
import { FORM_LIMITS } from '../upload/receive-upload.ts';
import { UploadError } from '../upload/upload-error.ts';
import { noteRefusal, sendOpenAIRefusal } from './openai-error.ts';
import { RequestError } from './request-error.ts';
import { TRANSCRIPTION_SCHEMA, TRANSLATION_SCHEMA } from './schema.ts';
import { type FileApi, TranscriptionRequest } from './transcription-request.ts';

/** Room for the fields around the file, and for what separates them. */
const FORM_OVERHEAD_BYTES = 1_000_000;

/** `POST v1/audio/transcriptions`, and the refusal of its sister that translates. */
export async function registerTranscriptions(scope: FastifyInstance, context: ApiContext, files: FileApi): Promise<void> {
  const { maximumUploadBytes } = context.fileOptions;
  await scope.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.setErrorHandler(async (error, request, reply) => {
      // A stream whose client left before its first byte: the transcriber has counted it.
      if (reply.raw.destroyed) return reply;
      const refusal = noteRefusal(error, request, context);
      context.metrics.requestFinished('openai', refusal.status >= 500 && refusal.status !== 503 ? 'failed' : 'rejected');
      return sendOpenAIRefusal(reply, refusal);
    });
    await uploads.register(multipart, { limits: { ...FORM_LIMITS, fileSize: maximumUploadBytes + 1 }, throwFileSizeLimit: false });
    uploads.post(
      '/v1/audio/transcriptions',
      {
        schema: TRANSCRIPTION_SCHEMA,
        // A form is no object that a schema can be held against: its fields are read one by one.
        validatorCompiler: () => () => true,
        bodyLimit: maximumUploadBytes + FORM_OVERHEAD_BYTES,
        onRequest: async (request) => checkBeforeUpload(request, context, files),
      },
      (request, reply) => new TranscriptionRequest(request, reply, context, files).answer(),
    );
    uploads.post(
      '/v1/audio/translations',
      { schema: TRANSLATION_SCHEMA, validatorCompiler: () => () => true, onRequest: noTranslation },
      noTranslation,
    );
  });
}

function noTranslation(): Promise<never> {
  return Promise.reject(new RequestError('unsupported_operation', 'the server transcribes and does not translate'));
}

/** Refuses what can be refused before a client has sent a long file in vain. */
function checkBeforeUpload(request: FastifyRequest, context: ApiContext, { spool }: FileApi): void {
  const { maximumUploadBytes } = context.fileOptions;
  const sizeBytes = Number(request.headers['content-length'] ?? Number.NaN);
  if (sizeBytes > maximumUploadBytes + FORM_OVERHEAD_BYTES) {
    throw new UploadError('upload_too_large', `the file must be at most ${maximumUploadBytes} bytes`, { field: 'file' });
  }
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError('unsupported_content_type', 'the content type must be multipart/form-data');
  }
  if (!/^(identity)?$/i.test(request.headers['content-encoding'] ?? '')) {
    throw new RequestError('unsupported_content_type', 'the form must be sent uncompressed, without a content-encoding');
  }
  checkCapacity(context, 'file');
  spool.checkRoom(Number.isNaN(sizeBytes) ? undefined : sizeBytes);
}
