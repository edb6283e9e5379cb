import { SessionRefusedError } from '@outspoken/client';
import { parseRefusalBody, parseSessionGrant, type SessionGrant, type SessionRequest } from '@outspoken/protocol';

/**
 * Asks the server for a session: `POST v1/sessions` first, because a browser does not show why a WebSocket was refused.
 *
 * @param serverUrl - Base address, ending in a slash.
 * @throws SessionRefusedError when the server answers with a refusal; what `fetch` throws when it does not answer; ProtocolError
 *   when what answers is not our server.
 */
export async function requestSession(
  serverUrl: URL,
  request: SessionRequest,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<SessionGrant> {
  const response = await fetch(new URL('v1/sessions', serverUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  });
  if (!response.ok) {
    throw await readRefusal(response);
  }
  return parseSessionGrant(await response.json());
}

async function readRefusal(response: Response): Promise<SessionRefusedError> {
  try {
    const { error } = parseRefusalBody(await response.json());
    return new SessionRefusedError(error.code, error.message, { retryable: error.retryable, retryAfterMs: error.retryAfterMs });
  } catch (cause) {
    // A proxy or another program answered: gateway errors pass, others are a matter of configuration.
    const { status } = response;
    const isRetryable = status === 408 || status === 429 || status >= 500;
    const message = `the server answered ${status} without a readable reason`;
    return new SessionRefusedError(isRetryable ? 'internal' : 'bad_message', message, { retryable: isRetryable, cause });
  }
}
