import { errorCode, sdk, sessionLimits, token, waitMs } from './fields.ts';
import { PROTOCOL_NAME } from './limits.ts';
import { boolean, type Infer, literal, object, optional, string } from './schema.ts';

const sessionRequest = object({ sdk: optional(sdk) });
const sessionGrant = object({
  /** One-use secret for the socket's subprotocol. */
  ticket: token,
  expiresInMs: waitMs,
  /** Path of the stream, relative to the server's base address. */
  streamPath: string({
    maximum: 256,
    pattern: /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/,
    expectation: 'a relative path',
  }),
  protocol: literal(PROTOCOL_NAME, 'unsupported_protocol'),
  limits: sessionLimits,
});
const refusalBody = object({
  error: object({
    code: errorCode,
    message: string({ maximum: 1024 }),
    retryable: boolean,
    retryAfterMs: optional(waitMs),
  }),
});

/** Body of `POST v1/sessions`. */
export type SessionRequest = Infer<typeof sessionRequest>;
/** Answer to `POST v1/sessions`: what is needed to open the socket. */
export type SessionGrant = Infer<typeof sessionGrant>;
/** What a session allows. */
export type SessionLimits = SessionGrant['limits'];
/** Body of a refused HTTP request. */
export type RefusalBody = Infer<typeof refusalBody>;

/**
 * Checks the parsed JSON body of `POST v1/sessions`.
 *
 * @throws ProtocolError `bad_message`.
 */
export function parseSessionRequest(value: unknown): SessionRequest {
  return sessionRequest.parse(value, '');
}

/**
 * Checks the parsed JSON answer to `POST v1/sessions`.
 *
 * @throws ProtocolError `bad_message` or `unsupported_protocol`.
 */
export function parseSessionGrant(value: unknown): SessionGrant {
  return sessionGrant.parse(value, '');
}

/**
 * Checks the parsed JSON body of a refused request.
 *
 * @throws ProtocolError `bad_message`: the answer came from something else, such as a proxy.
 */
export function parseRefusalBody(value: unknown): RefusalBody {
  return refusalBody.parse(value, '');
}
