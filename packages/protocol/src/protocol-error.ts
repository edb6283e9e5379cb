import type { ErrorCode } from './error-codes.ts';

/** A message or frame that does not follow `asr.v1`. Its message never repeats text or audio of the user. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  /** Where in the message, such as `audio.sampleRateHz` or `words[3].text`; empty for the message as a whole. */
  readonly path: string;

  constructor(code: ErrorCode, message: string, options?: { readonly path?: string; readonly cause?: unknown }) {
    super(message, options && 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.path = options?.path ?? '';
  }
}
