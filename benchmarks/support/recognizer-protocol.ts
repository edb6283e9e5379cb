import type { GraphVariant } from '@outspoken/asr';

/** The peers: other programs around the very same weights. */
export const PEER_NAMES = ['plain-loop', 'sherpa-onnx', 'transformers.js'] as const;
type PeerName = (typeof PEER_NAMES)[number];

/** Whose recognizer runs in a process. */
export type SystemName = 'outspoken' | PeerName;

/** What a recognizer process loads; travels as its only argument. */
export interface RecognizerSettings {
  readonly system: SystemName;
  /** Threads inside one run of a graph. */
  readonly threads: number;
  /** Which graphs our own recognizer computes; the others know only the shipped ones. */
  readonly graph: GraphVariant;
}

/** What a recognizer process is asked; each request has one answer of the same type, in order. */
export type RecognizerRequest =
  /** One call of the recognizer with these clips. */
  | { readonly type: 'transcribe'; readonly clips: readonly Float32Array[] }
  /** Keeps clips to work on alone. */
  | { readonly type: 'keep'; readonly clips: readonly Float32Array[]; readonly batch: number; readonly firstShare: number }
  /** Works on the kept clips without a pause for so long; the call that runs then is finished. */
  | { readonly type: 'saturate'; readonly durationMs: number };

/** What a recognizer process answers. */
export type RecognizerAnswer =
  /** The model is loaded; sent once, before anything else. */
  | { readonly type: 'ready'; readonly maximumBatch: number }
  | ({ readonly type: 'transcribe' } & TimedTexts)
  | { readonly type: 'keep' }
  | ({ readonly type: 'saturate' } & Saturation);

/** What one call gave and took. */
export interface TimedTexts {
  readonly texts: readonly string[];
  readonly wallMs: number;
  /** Processor time of all threads of the process. */
  readonly cpuMs: number;
  /** Memory of the process afterwards (resident set). */
  readonly memoryBytes: number;
}

/** What one process got done without a pause. */
export interface Saturation {
  readonly clips: number;
  readonly audioMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Memory of the process at the end (resident set). */
  readonly memoryBytes: number;
}
