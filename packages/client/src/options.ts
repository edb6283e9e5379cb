import type { TextFormat } from '@outspoken/protocol';
import type { BackoffOptions } from './backoff.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import type { OpenTransport, RequestSession } from './transport.ts';

/** Settings of a {@link SpeechClient} that have a default. */
export interface SpeechClientSettings {
  /** Most audio that may wait, in bytes; beyond it the oldest clips are evicted. @defaultValue 33554432 (32 MiB: 17 minutes) */
  readonly outboxMaxBytes: number;
  /** Age at which an unfinished clip is given up, in milliseconds. @defaultValue 600000 (10 minutes) */
  readonly clipTtlMs: number;
  /** Waits between attempts to connect, and for refused clips when the server names no time. */
  readonly backoff: BackoffOptions;
  /** How long {@link SpeechClient.close} waits for outstanding finals, in milliseconds. @defaultValue 10000 */
  readonly closeTimeoutMs: number;
  /** Longest time for each step of connecting (session, socket, welcome), in milliseconds. @defaultValue 10000 */
  readonly connectTimeoutMs: number;
  /** Time between pings, in milliseconds. @defaultValue 15000 */
  readonly pingIntervalMs: number;
  /** Silence of the server after which the connection counts as dead, in milliseconds. @defaultValue 30000 */
  readonly deadAfterMs: number;
  /** Bytes waiting in the transport above which audio stays in the outbox. @defaultValue 1048576 (1 MiB) */
  readonly maxBufferedBytes: number;
}

/** The settings used unless told otherwise. */
export const DEFAULT_CLIENT_SETTINGS: SpeechClientSettings = Object.freeze({
  outboxMaxBytes: 32 * 1024 * 1024,
  clipTtlMs: 600_000,
  backoff: Object.freeze({ baseMs: 500, maxMs: 30_000 }),
  closeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  pingIntervalMs: 15_000,
  deadAfterMs: 30_000,
  maxBufferedBytes: 1024 * 1024,
});

/** What a {@link SpeechClient} needs, and what it may be told. */
export interface SpeechClientOptions extends Partial<SpeechClientSettings> {
  readonly requestSession: RequestSession;
  readonly openTransport: OpenTransport;
  /** Names this software to the server. */
  readonly sdk: { readonly name: string; readonly version: string };
  /** How clips are cut: `sha256:` and 64 hexadecimal digits. */
  readonly clipPolicyId: string;
  /** Form of the audio; there is one. */
  readonly audio?: { readonly encoding: 'pcm_s16le'; readonly sampleRateHz: number };
  /** Whether text of clips that are still open is wanted. */
  readonly wantsInterims: boolean;
  /** How texts are written. @defaultValue as they were heard */
  readonly format?: TextFormat;
  /** Words and phrases that are expected, at most 1,000 of at most 100 characters. @defaultValue none */
  readonly keywords?: readonly string[];
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Wall clock in milliseconds since 1970. @defaultValue `Date.now` */
  readonly wallClock?: () => number;
  /** Timer; returns a function that prevents the call. @defaultValue `setTimeout` */
  readonly setTimer?: Clock['setTimer'];
  /** Numbers from 0 up to 1, for jitter. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/** Options after defaults and checks. */
export interface ResolvedOptions extends SpeechClientSettings {
  readonly requestSession: RequestSession;
  readonly openTransport: OpenTransport;
  readonly sdk: { readonly name: string; readonly version: string };
  readonly clipPolicyId: string;
  readonly wantsInterims: boolean;
  readonly format: TextFormat | undefined;
  readonly keywords: readonly string[] | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Rate of all audio of a client, in hertz. */
export const SAMPLE_RATE_HZ = 16_000;

/**
 * Fills in defaults and checks once.
 *
 * @throws RangeError for a setting out of range, TypeError for another audio format.
 */
export function resolveOptions(options: SpeechClientOptions): ResolvedOptions {
  const { audio } = options;
  if (audio && (audio.encoding !== 'pcm_s16le' || audio.sampleRateHz !== SAMPLE_RATE_HZ)) {
    throw new TypeError(`audio must be pcm_s16le at ${SAMPLE_RATE_HZ} Hz, got ${audio.encoding} at ${audio.sampleRateHz}`);
  }
  const settings = DEFAULT_CLIENT_SETTINGS;
  const backoff = options.backoff ?? settings.backoff;
  return {
    requestSession: options.requestSession,
    openTransport: options.openTransport,
    sdk: options.sdk,
    clipPolicyId: options.clipPolicyId,
    wantsInterims: options.wantsInterims,
    format: options.format,
    keywords: options.keywords,
    outboxMaxBytes: inRange('outboxMaxBytes', options.outboxMaxBytes ?? settings.outboxMaxBytes, 1024),
    clipTtlMs: inRange('clipTtlMs', options.clipTtlMs ?? settings.clipTtlMs, 1),
    backoff: { baseMs: inRange('backoff.baseMs', backoff.baseMs, 1), maxMs: inRange('backoff.maxMs', backoff.maxMs, 1) },
    closeTimeoutMs: inRange('closeTimeoutMs', options.closeTimeoutMs ?? settings.closeTimeoutMs, 0),
    connectTimeoutMs: inRange('connectTimeoutMs', options.connectTimeoutMs ?? settings.connectTimeoutMs, 1),
    pingIntervalMs: inRange('pingIntervalMs', options.pingIntervalMs ?? settings.pingIntervalMs, 1),
    deadAfterMs: inRange('deadAfterMs', options.deadAfterMs ?? settings.deadAfterMs, 1),
    maxBufferedBytes: inRange('maxBufferedBytes', options.maxBufferedBytes ?? settings.maxBufferedBytes, 1),
    clock: {
      now: options.now ?? SYSTEM_CLOCK.now,
      wallClock: options.wallClock ?? SYSTEM_CLOCK.wallClock,
      setTimer: options.setTimer ?? SYSTEM_CLOCK.setTimer,
    },
    random: options.random ?? Math.random,
  };
}

/** A delay beyond 2^31-1 ms makes platform timers fire at once. */
const MAX_SETTING = 2 ** 31 - 1;

function inRange(name: string, value: number, minimum: number): number {
  if (!(value >= minimum && value <= MAX_SETTING)) throw new RangeError(`${name} must be ${minimum}-${MAX_SETTING}, got ${value}`);
  return value;
}
