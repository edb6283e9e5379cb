export type { BackoffOptions } from './backoff.ts';
export { ClientError, type ClientErrorCode, type LocalErrorCode, SessionRefusedError } from './client-error.ts';
export type {
  ClientEvent,
  ClientEventMap,
  ClientEventTarget,
  ClientState,
  Continuation,
  Rejection,
  StateDetail,
} from './client-events.ts';
export type { ClockEstimate } from './heartbeat.ts';
export { DEFAULT_CLIENT_SETTINGS, type SpeechClientOptions, type SpeechClientSettings } from './options.ts';
export type { ClipEnd, ClipPause } from './outgoing-clip.ts';
export type { OutgoingUtterance, UtteranceStart } from './outgoing-utterance.ts';
export type { Report } from './report-relay.ts';
export { SpeechClient, type SpeechClientStats } from './speech-client.ts';
export type { OpenTransport, RequestSession, Transport, TransportClose } from './transport.ts';
