/** Name of the protocol and its WebSocket subprotocol. */
export const PROTOCOL_NAME = 'asr.v1';
/** Prefix of the second subprotocol, which carries the ticket of `POST v1/sessions`. */
export const TICKET_PREFIX = 'ticket.';
/** Largest control message from client to server but `hello`, in bytes of UTF-8. */
export const MAX_CONTROL_BYTES = 8192;
/** Largest `hello`, in bytes of UTF-8: it may carry a list of keywords. */
export const MAX_HELLO_BYTES = 131_072;
/** Most keywords in a `hello`. */
export const MAX_KEYWORDS = 1000;
/** Longest keyword, in UTF-16 units. */
export const MAX_KEYWORD_CHARACTERS = 100;
/** Largest message from server to client, in bytes of UTF-8: the words of a 30 s clip do not fit in {@link MAX_CONTROL_BYTES}. */
export const MAX_SERVER_MESSAGE_BYTES = 262_144;
/** Largest audio frame with its header, in bytes. */
export const MAX_FRAME_BYTES = 262_144;
/** Clips that a client may have started and not yet seen finished, unless `welcome` says otherwise. */
export const DEFAULT_WINDOW = 8;
/** Shortest clip, in samples at 16 kHz (0.1 s): shorter input breaks the model's graph. */
export const MIN_CLIP_SAMPLES = 1600;
/** Longest clip, in milliseconds. */
export const MAX_CLIP_MS = 30_000;
/** How long a server keeps a session without a connection, in milliseconds. */
export const RESUME_WINDOW_MS = 60_000;
/** Silence on an open clip after which the server finalises what it has, in milliseconds. */
export const STALL_MS = 5_000;
/** Audio in one frame of a live clip, in milliseconds: three VAD frames. */
export const CHUNK_MS = 96;
/** Bad messages on one connection after which the server closes it with 4400. */
export const MAX_BAD_MESSAGES = 20;
/** Level that stands for digital silence, in dBFS: minus infinity does not exist in JSON. */
export const MIN_LEVEL_DBFS = -200;
