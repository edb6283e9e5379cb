import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request, read to its end. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server on a port of its own that answers as a test tells it. */
export async function startServer(
  answer: (request: SeenRequest, response: ServerResponse) => void,
): Promise<{ url: URL; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const whole = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) };
      seen.push(whole);
      answer(whole, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`), seen };
}

/** An answer as the server gives it to `verbose_json`. */
export const VERBOSE_ANSWER = {
  task: 'transcribe',
  language: 'english',
  duration: 3.5,
  text: 'Hello there. Good bye.',
  segments: [
    { id: 0, start: 0.2, end: 1.4, text: 'Hello there.', avg_logprob: Math.log(0.9), no_speech_prob: 0.01 },
    { id: 1, start: 2, end: 3, text: ' Good bye.', avg_logprob: Math.log(0.8), no_speech_prob: 0.02 },
  ],
  words: [
    { word: 'Hello', start: 0.2, end: 0.8, timing: 'estimated' },
    { word: 'there.', start: 0.8, end: 1.4, timing: 'estimated' },
    { word: 'Good', start: 2, end: 2.5, timing: 'estimated' },
    { word: 'bye.', start: 2.5, end: 3, timing: 'estimated' },
  ],
};
