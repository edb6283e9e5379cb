import { CLIENT_MESSAGES, type ClientMessage } from './client-messages.ts';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import { MAX_CONTROL_BYTES, MAX_HELLO_BYTES, MAX_SERVER_MESSAGE_BYTES } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';
import { type Schema, union } from './schema.ts';
import { type ErrorMessage, SERVER_MESSAGES, type ServerMessage } from './server-messages.ts';

const clientMessage: Schema<ClientMessage> = union(CLIENT_MESSAGES);
const serverMessage: Schema<ServerMessage> = union(SERVER_MESSAGES);

/**
 * Reads a control message of a client; unknown fields are dropped.
 *
 * @throws ProtocolError `frame_too_large`, `bad_message`, `unknown_message`, `unsupported_encoding` or `unsupported_protocol`.
 */
export function parseClientMessage(text: string): ClientMessage {
  const message = clientMessage.parse(parseJson(text, MAX_HELLO_BYTES), '');
  checkSize(text, maximumBytesOf(message));
  return message;
}

/**
 * Reads a message of a server; unknown fields are dropped.
 *
 * @throws ProtocolError `frame_too_large`, `bad_message` or `unknown_message`.
 */
export function parseServerMessage(text: string): ServerMessage {
  return serverMessage.parse(parseJson(text, MAX_SERVER_MESSAGE_BYTES), '');
}

/**
 * Writes a message of either direction, after the same checks that the receiver makes: a NaN or an over-long text fails here,
 * where the mistake is.
 *
 * @throws ProtocolError with the path of the first field that is wrong, or `frame_too_large`.
 */
export function encodeMessage(message: ClientMessage | ServerMessage): string {
  const isClientMessage = isFromClient(message);
  const checked = (isClientMessage ? clientMessage : serverMessage).parse(message, '');
  const text = JSON.stringify(checked);
  checkSize(text, isClientMessage ? maximumBytesOf(message) : MAX_SERVER_MESSAGE_BYTES);
  return text;
}

/** Makes an `error` message; whether it is retryable comes from {@link ERROR_CODES} unless stated. A long message is cut. */
export function createErrorMessage(
  code: ErrorCode,
  message: string,
  options: { readonly clipId?: string; readonly retryAfterMs?: number; readonly isRetryable?: boolean } = {},
): ErrorMessage {
  return {
    type: 'error',
    ...(options.clipId === undefined ? {} : { clipId: options.clipId }),
    code,
    message: message.slice(0, 1024),
    retryable: options.isRetryable ?? ERROR_CODES[code].isRetryable,
    ...(options.retryAfterMs === undefined ? {} : { retryAfterMs: options.retryAfterMs }),
  };
}

function isFromClient(message: ClientMessage | ServerMessage): message is ClientMessage {
  return Object.hasOwn(CLIENT_MESSAGES, message.type);
}

function maximumBytesOf({ type }: ClientMessage): number {
  return type === 'hello' ? MAX_HELLO_BYTES : MAX_CONTROL_BYTES;
}

function parseJson(text: string, maximumBytes: number): unknown {
  checkSize(text, maximumBytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A parser's own message repeats the input: it stays in the cause.
    throw new ProtocolError('bad_message', 'message must be JSON', { cause });
  }
}

function checkSize(text: string, maximumBytes: number): void {
  const sizeBytes = utf8Bytes(text, maximumBytes);
  if (sizeBytes > maximumBytes) throw new ProtocolError('frame_too_large', `message must be at most ${maximumBytes} bytes of UTF-8`);
}

/** Counts bytes of UTF-8 without encoding, and stops once the limit is passed. */
function utf8Bytes(text: string, limitBytes: number): number {
  if (text.length > limitBytes) return text.length;
  let bytes = text.length;
  for (let index = 0; index < text.length && bytes <= limitBytes; index++) {
    const unit = text.charCodeAt(index);
    // Each unit counted once already; a surrogate pair is 4 bytes for 2 units, any other unit from 0x800 on is 3 bytes.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
