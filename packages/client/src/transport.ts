import type { SessionGrant } from '@outspoken/protocol';

/** An open connection that carries whole messages in order, such as a WebSocket. */
export interface Transport {
  /** Queues a message. Does nothing once the connection is closed. */
  send(data: string | Uint8Array): void;
  /** Starts to close. May be called at any time and more than once. */
  close(code?: number, reason?: string): void;
  /** Bytes that were given to {@link send} and have not left yet. */
  readonly bufferedBytes: number;
  /** What arrives, once and in order. Ends when the connection is closed, after everything that arrived before. */
  readonly messages: AsyncIterable<string | Uint8Array>;
  /** Settles when the connection is closed, by either end or by the network (code 1006). Never rejects. */
  readonly closed: Promise<TransportClose>;
}

/** How a connection was closed. */
export interface TransportClose {
  /** WebSocket close code; 1006 when none was received. */
  readonly code: number;
  readonly reason: string;
}

/** Asks the server for a session over HTTP. Throws `SessionRefusedError` when it says no, anything else when it cannot be reached. */
export type RequestSession = (signal: AbortSignal) => Promise<SessionGrant>;
/** Opens the connection that a grant allows. */
export type OpenTransport = (grant: SessionGrant, signal: AbortSignal) => Promise<Transport>;
