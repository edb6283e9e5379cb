import { type ClipPolicy, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { parseKeywords, parseTextFormat, type TextFormat } from '@outspoken/protocol';
import { Segmenter } from '@outspoken/vad';
import { folderUrl } from './assets.ts';
import type { AudioSource } from './microphone.ts';

/** How a capture is set up. */
export interface SpeechCaptureOptions {
  /** Base address of the speech server, with its sub-path if it has one; relative to the page when not absolute. */
  readonly serverUrl: string | URL;
  /** Folder of the SDK's files, on the page's own origin (browsers start workers only from there); relative to the page. */
  readonly assetBaseUrl: string | URL;
  /** @defaultValue the default microphone, with echo cancellation, noise suppression and gain control on */
  readonly source?: AudioSource;
  /** @defaultValue DEFAULT_CLIP_POLICY of `@outspoken/audio` */
  readonly policy?: ClipPolicy;
  /** Whether the server is asked for interim texts while a person speaks. @defaultValue true */
  readonly wantsInterims?: boolean;
  /** How the server writes what it hears: numerals, profanity, redaction. @defaultValue as it was heard */
  readonly format?: TextFormat;
  /** Words and phrases that are expected, at most 1,000 of at most 100 characters: where the sound leaves a choice they are taken. @defaultValue none */
  readonly keywords?: readonly string[];
  /** How long `close()` waits for outstanding transcripts, in milliseconds, 0 to 600000. @defaultValue 10000 */
  readonly closeTimeoutMs?: number;
}

/** Options with everything filled in and checked. */
export interface ResolvedCaptureOptions {
  readonly serverUrl: URL;
  readonly assetBaseUrl: URL;
  readonly source: AudioSource;
  readonly policy: ClipPolicy;
  readonly wantsInterims: boolean;
  readonly format: TextFormat;
  readonly keywords: readonly string[];
  readonly closeTimeoutMs: number;
}

const MAXIMUM_CLOSE_TIMEOUT_MS = 600_000;

/** What is used where an option is left out. */
export const DEFAULT_CAPTURE_OPTIONS = Object.freeze({
  source: Object.freeze({ type: 'microphone' } as const),
  policy: DEFAULT_CLIP_POLICY,
  wantsInterims: true,
  format: Object.freeze({}),
  keywords: Object.freeze([]),
  closeTimeoutMs: 10_000,
});

/**
 * Fills in the defaults and checks the options once.
 *
 * @throws TypeError for an address that is not http(s), RangeError for a policy out of range, ProtocolError for a format there is not and
 *   for keywords that are too many or too long.
 */
export function resolveCaptureOptions(options: SpeechCaptureOptions, baseUrl: string | undefined): ResolvedCaptureOptions {
  const policy = options.policy ?? DEFAULT_CAPTURE_OPTIONS.policy;
  // The segmenter knows best what a policy must have room for; the one that works is made in the worker, too late for the caller.
  new Segmenter({ policy });
  const closeTimeoutMs = options.closeTimeoutMs ?? DEFAULT_CAPTURE_OPTIONS.closeTimeoutMs;
  if (!(closeTimeoutMs >= 0 && closeTimeoutMs <= MAXIMUM_CLOSE_TIMEOUT_MS)) {
    throw new RangeError(`closeTimeoutMs must be 0-${MAXIMUM_CLOSE_TIMEOUT_MS}, got ${closeTimeoutMs}`);
  }
  return {
    serverUrl: httpUrl('serverUrl', options.serverUrl, baseUrl),
    assetBaseUrl: httpUrl('assetBaseUrl', options.assetBaseUrl, baseUrl),
    source: options.source ?? DEFAULT_CAPTURE_OPTIONS.source,
    policy,
    wantsInterims: options.wantsInterims ?? DEFAULT_CAPTURE_OPTIONS.wantsInterims,
    format: parseTextFormat(options.format ?? DEFAULT_CAPTURE_OPTIONS.format),
    keywords: parseKeywords(options.keywords ?? DEFAULT_CAPTURE_OPTIONS.keywords),
    closeTimeoutMs,
  };
}

function httpUrl(name: string, value: string | URL, baseUrl: string | undefined): URL {
  const url = URL.canParse(value, baseUrl) ? new URL(value, baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${name} must be an http(s) address or relative to the page, got ${String(value)}`);
  }
  return folderUrl(url);
}
