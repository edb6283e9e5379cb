import { clipPolicyId, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { type OutgoingUtterance, SpeechClient } from '@outspoken/client';
import { parseServerMessage } from '@outspoken/protocol';
import { sessionRequester, transportOpener } from '../../tests/support/node-transport.ts';
import type { ClipListener, ClipStart, LoadSocket, SentClip } from './load-socket.ts';

const OPEN_LIMIT_MS = 20_000;
/** Messages by which a server sends a client away begin with their type and are short; others are not parsed a second time. */
const REFUSAL = /^\{"type":"(busy|error)"/;

/** `asr.v1` through the client that browsers use, with its outbox, window, retries and heartbeat. */
export class SpeechSocket implements LoadSocket {
  readonly #client: SpeechClient;
  readonly #pending = new Map<string, ClipListener>();

  private constructor(serverUrl: string, policyId: string, onTrouble: (code: string) => void) {
    this.#client = new SpeechClient({
      requestSession: sessionRequester(serverUrl),
      // The client retries by itself and shows only the end of it: what it was told on the way is read beside it.
      openTransport: transportOpener(serverUrl, ({ socket }) =>
        socket.on('message', (data: Buffer, isBinary: boolean) => {
          if (!isBinary && REFUSAL.test(data.toString('utf8', 0, 16))) {
            this.#noteRefusal(data.toString('utf8'));
          }
        }),
      ),
      sdk: { name: 'outspoken-bench', version: '0.1.0' },
      clipPolicyId: policyId,
      wantsInterims: false,
      closeTimeoutMs: 0,
      outboxMaxBytes: 512 * 1024 * 1024,
    });
    const { events } = this.#client;
    events.addEventListener('final', ({ detail: { clipId, text, effort } }) => {
      this.#settle(clipId)?.answered({ type: 'final', text, effort });
    });
    events.addEventListener('rejected', ({ detail }) => this.#settle(detail.clipId)?.answered({ type: 'rejected', code: detail.code }));
    events.addEventListener('error', ({ detail }) => onTrouble(detail.code));
    events.addEventListener('state', ({ detail }) => {
      if (detail.state === 'waiting') {
        onTrouble(detail.cause?.code ?? 'disconnected');
      }
    });
  }

  /**
   * Connects, and stays connected until it is disposed.
   *
   * @throws Error when the server lets nobody in.
   */
  static async open(serverUrl: string, onTrouble: (code: string) => void): Promise<SpeechSocket> {
    const socket = new SpeechSocket(serverUrl, await clipPolicyId(DEFAULT_CLIP_POLICY), onTrouble);
    await socket.#opened();
    return socket;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  startClip({ startMs, continuesClipId }: ClipStart, listener: ClipListener): SentClip {
    const utterance = this.#client.startUtterance({
      startMs,
      preRollMs: DEFAULT_CLIP_POLICY.preRollMs,
      ...(continuesClipId === undefined ? {} : { continuesClipId }),
    });
    this.#pending.set(utterance.clipId, listener);
    return this.#sentClip(utterance, utterance.clipId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Before the client says so of each clip: they were given up by us, not rejected.
    const abandoned = [...this.#pending.values()];
    this.#pending.clear();
    for (const listener of abandoned) {
      listener.answered({ type: 'unanswered' });
    }
    await this.#client.close();
  }

  #sentClip(utterance: OutgoingUtterance, clipId: string): SentClip {
    return {
      clipId,
      push: (samples) => utterance.push(samples),
      maybeEnd: (evidence) => utterance.maybeEnd({ evidence }),
      end: (end) => utterance.end(end),
      cancel: () => {
        this.#pending.delete(clipId);
        utterance.cancel('user');
      },
    };
  }

  async #opened(): Promise<void> {
    const { events } = this.#client;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`no session after ${OPEN_LIMIT_MS / 1000} s`));
        void this.#client.close();
      }, OPEN_LIMIT_MS);
      events.addEventListener('state', ({ detail }) => {
        if (detail.state === 'open') {
          clearTimeout(late);
          resolve();
        }
      });
      this.#client.connect();
    });
  }

  #settle(clipId: string): ClipListener | undefined {
    const listener = this.#pending.get(clipId);
    this.#pending.delete(clipId);
    return listener;
  }

  #noteRefusal(text: string): void {
    const message = parseServerMessage(text);
    if (message.type === 'busy') {
      this.#pending.get(message.clipId)?.refused(message.type);
    } else if (message.type === 'error' && message.clipId !== undefined && message.retryable) {
      this.#pending.get(message.clipId)?.refused(message.code);
    }
  }
}
