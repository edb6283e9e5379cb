export {
  AUDIO_ENCODINGS,
  type AudioEncoding,
  type AudioFrame,
  type AudioFrameHeader,
  decodeAudioFrame,
  encodeAudioFrame,
  encodedSampleBytes,
  FRAME_HEADER_BYTES,
} from './audio-frame.ts';
export {
  type CancelMessage,
  type CancelReason,
  CLIENT_MESSAGES,
  type ClientMessage,
  type DoneMessage,
  type EndMessage,
  type EndReason,
  type HelloMessage,
  type MaybeEndMessage,
  type PingMessage,
  type ReportMessage,
  type StartMessage,
} from './client-messages.ts';
export { CLOSE_CODES, type CloseCode, type CloseCodeInfo, shouldReconnect } from './close-codes.ts';
export { type ClipEvent, type ClipState, isInFlight, isTerminal, nextClipState, placeFrame, type TerminalClipState } from './delivery.ts';
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo, isErrorCode } from './error-codes.ts';
export { parseKeywords } from './keyword-list.ts';
export {
  CHUNK_MS,
  DEFAULT_WINDOW,
  MAX_BAD_MESSAGES,
  MAX_CLIP_MS,
  MAX_CONTROL_BYTES,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_KEYWORD_CHARACTERS,
  MAX_KEYWORDS,
  MAX_SERVER_MESSAGE_BYTES,
  MIN_CLIP_SAMPLES,
  MIN_LEVEL_DBFS,
  PROTOCOL_NAME,
  RESUME_WINDOW_MS,
  STALL_MS,
  TICKET_PREFIX,
} from './limits.ts';
export { createErrorMessage, encodeMessage, parseClientMessage, parseServerMessage } from './message-codec.ts';
export { ProtocolError } from './protocol-error.ts';
export type { Schema } from './schema.ts';
export {
  type AcceptedMessage,
  type BusyMessage,
  type ErrorMessage,
  type FinalEndReason,
  type FinalMessage,
  type FinalWord,
  type GoingAwayMessage,
  type InterimMessage,
  type KnownClip,
  type PongMessage,
  SERVER_MESSAGES,
  type ServerMessage,
  type WelcomeMessage,
} from './server-messages.ts';
export {
  parseRefusalBody,
  parseSessionGrant,
  parseSessionRequest,
  type RefusalBody,
  type SessionGrant,
  type SessionLimits,
  type SessionRequest,
} from './session-grant.ts';
export { parseTextFormat, type TextFormat } from './text-format.ts';
export { createUuidV7, isUuid } from './uuid.ts';
