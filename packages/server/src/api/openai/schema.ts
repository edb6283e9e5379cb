import { SUPPORTED_MEDIA } from '@outspoken/media/formats';
import { NUMERALS, PROFANITY, REDACTIONS } from '@outspoken/text';
import type { FastifySchema } from 'fastify';
import { json, type SharedSchema } from '../schema.ts';
import { GRANULARITIES, RESPONSE_FORMATS } from './transcription-fields.ts';

const SECONDS = { type: 'number', minimum: 0, description: 'In seconds' };
const MODEL_ID = { type: 'string', examples: ['moonshine-tiny'] };

const LOGPROBS = {
  type: 'array',
  description: 'With `include[]=logprobs`',
  items: {
    type: 'object',
    required: ['token', 'logprob', 'bytes'],
    properties: {
      token: { type: 'string' },
      logprob: { type: 'number', maximum: 0 },
      bytes: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 } },
    },
  },
};

const CONFIDENCE = { type: 'number', minimum: 0, maximum: 1 };

const IS_TRUNCATED = { type: 'boolean', description: 'There only if the file broke off before its end' };

/** Schemas that more than one answer uses. */
export const OPENAI_SCHEMAS: readonly SharedSchema[] = [
  {
    $id: 'OpenAIError',
    type: 'object',
    description: "A failure in the shape of OpenAI's API",
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: {
          message: { type: 'string' },
          type: { type: 'string', enum: ['invalid_request_error', 'rate_limit_error', 'server_error'] },
          param: { type: ['string', 'null'], description: 'The field that is wrong' },
          code: { type: ['string', 'null'], examples: ['model_not_found'] },
        },
      },
    },
  },
  {
    $id: 'Model',
    type: 'object',
    required: ['id', 'object', 'created', 'owned_by'],
    properties: {
      id: MODEL_ID,
      object: { type: 'string', enum: ['model'] },
      created: { type: 'integer', description: 'Since when it is served, in seconds since 1970' },
      owned_by: { type: 'string' },
    },
  },
  {
    $id: 'Usage',
    type: 'object',
    description: 'Length of the recording',
    required: ['type', 'seconds'],
    properties: { type: { type: 'string', enum: ['duration'] }, seconds: SECONDS },
  },
  {
    $id: 'Transcription',
    type: 'object',
    required: ['text', 'usage'],
    properties: { text: { type: 'string' }, logprobs: LOGPROBS, usage: { $ref: 'Usage#' }, is_truncated: IS_TRUNCATED },
  },
  {
    $id: 'VerboseTranscription',
    type: 'object',
    required: ['task', 'language', 'duration', 'text', 'usage'],
    properties: {
      task: { type: 'string', enum: ['transcribe'] },
      language: { type: 'string', examples: ['english'] },
      duration: SECONDS,
      text: { type: 'string' },
      segments: { type: 'array', description: 'Unless only words were asked for', items: { $ref: 'TranscriptionSegment#' } },
      words: { type: 'array', description: 'If words were asked for', items: { $ref: 'TranscriptionWord#' } },
      usage: { $ref: 'Usage#' },
      is_truncated: IS_TRUNCATED,
    },
  },
  {
    $id: 'TranscriptionSegment',
    type: 'object',
    description: 'One stretch of speech',
    required: [
      'id',
      'seek',
      'start',
      'end',
      'text',
      'tokens',
      'temperature',
      'avg_logprob',
      'compression_ratio',
      'no_speech_prob',
      'confidence',
    ],
    properties: {
      id: { type: 'integer', minimum: 0 },
      seek: { type: 'integer', minimum: 0, description: 'Start in frames of 10 ms' },
      start: SECONDS,
      end: SECONDS,
      text: { type: 'string' },
      tokens: { type: 'array', items: { type: 'integer' } },
      temperature: { type: 'number', enum: [0] },
      avg_logprob: { type: 'number', maximum: 0, description: 'Mean logarithm of the probabilities of the tokens as they were heard' },
      compression_ratio: { type: 'number', description: 'Bytes of the text over its bytes after zlib: high for repetitions' },
      no_speech_prob: { type: 'number', minimum: 0, maximum: 1 },
      confidence: { ...CONFIDENCE, description: 'Mean of the confidences of the words as they were heard' },
    },
  },
  {
    $id: 'TranscriptionWord',
    type: 'object',
    required: ['word', 'start', 'end', 'timing', 'confidence'],
    properties: {
      word: { type: 'string', description: 'With its punctuation' },
      start: SECONDS,
      end: SECONDS,
      timing: {
        type: 'string',
        enum: ['estimated', 'aligned'],
        description: 'Whether the times are guessed from the lengths of the words or where the model heard them',
      },
      confidence: { ...CONFIDENCE, description: 'Probability that the word is right' },
    },
  },
  {
    $id: 'TranscriptionEvent',
    description: 'The data of one server-sent event: deltas, one done, then the text `[DONE]`; or an error, which ends the stream',
    oneOf: [
      {
        type: 'object',
        required: ['type', 'delta', 'segment_id'],
        properties: {
          type: { type: 'string', enum: ['transcript.text.delta'] },
          delta: { type: 'string', description: 'What is added to the text: all deltas together are the text' },
          segment_id: { type: 'string' },
          logprobs: LOGPROBS,
        },
      },
      {
        type: 'object',
        required: ['type', 'text', 'usage'],
        properties: {
          type: { type: 'string', enum: ['transcript.text.done'] },
          text: { type: 'string' },
          logprobs: LOGPROBS,
          usage: { $ref: 'Usage#' },
          is_truncated: IS_TRUNCATED,
        },
      },
      { $ref: 'OpenAIError#' },
    ],
  },
];

export const MODELS_SCHEMA: FastifySchema = {
  operationId: 'listModels',
  summary: 'List the models that are served',
  tags: ['files'],
  response: {
    200: json('The models', {
      type: 'object',
      required: ['object', 'data'],
      properties: { object: { type: 'string', enum: ['list'] }, data: { type: 'array', items: { $ref: 'Model#' } } },
    }),
    ...failures({ 403: 'Pages of this origin may not use the server' }),
  },
};

export const MODEL_SCHEMA: FastifySchema = {
  operationId: 'retrieveModel',
  summary: 'Describe one model',
  tags: ['files'],
  params: { type: 'object', required: ['id'], properties: { id: MODEL_ID } },
  response: {
    200: json('The model', { $ref: 'Model#' }),
    ...failures({ 403: 'Pages of this origin may not use the server', 404: 'No such model' }),
  },
};

const TEXT = { schema: { type: 'string' } };

export const TRANSCRIPTION_SCHEMA: FastifySchema = {
  operationId: 'createTranscription',
  summary: 'Transcribe a recording',
  description: `In the shape of OpenAI's API: the official clients work unmodified. Takes ${SUPPORTED_MEDIA}.`,
  tags: ['files'],
  consumes: ['multipart/form-data'],
  body: {
    type: 'object',
    description: 'Other fields are passed over. A field that is empty or the word `null` counts as absent; lists go without brackets too.',
    required: ['file', 'model'],
    properties: {
      file: { type: 'string', format: 'binary', description: 'The recording, with a file name' },
      model: { ...MODEL_ID, description: 'A model of the list of models' },
      language: { type: 'string', description: "The model's own language or nothing: `en`, `en-US` or `english`" },
      prompt: {
        type: 'string',
        description: 'Its names and phrases are expected: parts of up to four words between commas or line ends, of longer ones the names',
      },
      keywords: {
        type: 'string',
        description: 'Words and phrases that are expected, between commas or line ends: up to 1,000 of up to 100 characters',
      },
      response_format: { type: 'string', enum: [...RESPONSE_FORMATS], default: 'json' },
      temperature: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        description: 'Accepted; has no effect: the likeliest text is taken',
      },
      'timestamp_granularities[]': {
        type: 'array',
        items: { type: 'string', enum: [...GRANULARITIES] },
        default: ['segment'],
        description: 'Only with `verbose_json`',
      },
      'include[]': { type: 'array', items: { type: 'string', enum: ['logprobs'] }, description: 'Only with `json`' },
      numerals: { type: 'string', enum: [...NUMERALS], default: 'as-heard', description: 'How numbers are written' },
      profanity: { type: 'string', enum: [...PROFANITY], default: 'as-heard', description: 'Whether profane words are masked' },
      'redact[]': {
        type: 'array',
        items: { type: 'string', enum: [...REDACTIONS] },
        description: 'What is replaced by `[digits]` and `[email]`',
      },
      stream: { type: 'boolean', default: false, description: 'Server-sent events; only with `json` and `text`' },
      chunking_strategy: {
        description: 'Checked, but the server cuts by its own clip policy',
        anyOf: [
          { type: 'string', enum: ['auto'] },
          {
            type: 'object',
            required: ['type'],
            properties: {
              type: { type: 'string', enum: ['server_vad'] },
              threshold: { type: 'number', minimum: 0, maximum: 1 },
              prefix_padding_ms: { type: 'number', minimum: 0 },
              silence_duration_ms: { type: 'number', minimum: 0 },
            },
          },
        ],
      },
    },
  },
  response: {
    200: {
      description: 'The transcript, in the form that was asked for',
      content: {
        'application/json': { schema: { anyOf: [{ $ref: 'Transcription#' }, { $ref: 'VerboseTranscription#' }] } },
        'text/plain': TEXT,
        'application/x-subrip': TEXT,
        'text/vtt': TEXT,
        'text/event-stream': { schema: { $ref: 'TranscriptionEvent#' } },
      },
    },
    ...failures({
      400: 'A field is wrong or missing, the form is no form, or the file is damaged, empty or too complex',
      403: 'Pages of this origin may not use the server',
      404: 'No such model',
      408: 'The upload was too slow',
      413: 'The file is too large, or holds too much sound',
      415: 'The file is of a kind that cannot be decoded, or the body is no form',
      422: 'The file could not be read within its limits; sending it again will not help',
      500: 'The server failed on this file',
      503: 'No room now; see Retry-After',
    }),
  },
};

export const TRANSLATION_SCHEMA: FastifySchema = {
  operationId: 'createTranslation',
  summary: 'Not supported',
  description: 'The server transcribes and does not translate.',
  tags: ['files'],
  response: failures({ 400: 'Always', 403: 'Pages of this origin may not use the server' }),
};

function failures(descriptions: Readonly<Record<number, string>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(descriptions).map(([status, text]) => [status, json(text, { $ref: 'OpenAIError#' })]));
}
