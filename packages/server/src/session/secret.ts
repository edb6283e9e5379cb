import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
/** What 32 bytes look like in base64url; also exactly what a WebSocket subprotocol may carry. */
const SECRET_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** A new unguessable token of 256 random bits, as 43 characters of base64url. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * The form in which a token is stored and looked up: its SHA-256.
 * A memory dump then holds nothing usable, and a look-up by digest tells nothing about the token by its timing.
 *
 * @returns `undefined` if the text cannot be one of our tokens.
 */
export function secretDigest(secret: string): string | undefined {
  return SECRET_PATTERN.test(secret) ? createHash('sha256').update(secret).digest('base64url') : undefined;
}
