import type { FinalMessage } from '@outspoken/protocol';

/** How load is put on a server; what a load of 10 means differs. */
export const MODES = ['talkers', 'open', 'closed'] as const;

/**
 * `talkers`: people who speak in real time. `open`: whole clips at random moments, whether or not the server keeps up.
 * `closed`: sockets that each send the next clip when the last one was answered.
 */
export type Mode = (typeof MODES)[number];

/** What one unit of load is called. */
export const LOAD_UNITS: Readonly<Record<Mode, string>> = { talkers: 'talkers', open: 'clips/s', closed: 'sockets' };

/** Whose server is under load. */
export type TargetName = 'outspoken' | 'sherpa-onnx';

/** Where a server is and how one talks to it. */
export interface TargetAddress {
  readonly name: TargetName;
  readonly protocol: 'asr.v1' | 'plain';
  /** One for each process that listens; sockets are spread over them. */
  readonly urls: readonly string[];
}

/** One step: a constant load for a while. Times in milliseconds since the start of the step. */
export interface StepPlan {
  readonly target: TargetAddress;
  readonly mode: Mode;
  readonly load: number;
  readonly socketCount: number;
  /** Time before the window that is measured. */
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** How long answers are waited for after the window; what is unanswered then is given up. */
  readonly settleLimitMs: number;
  readonly seed: number;
}

/** What became of one clip. Times in milliseconds since the start of the step. */
export interface ClipRow {
  /** Which saying of which recording the clip is a part of: both count from 0 within the step. */
  readonly utterance: number;
  readonly recording: number;
  readonly part: number;
  readonly audioMs: number;
  /** When the end of the clip was due. A generator that is late makes the latency longer, never shorter. */
  readonly intendedMs: number;
  /** When it was handed to the socket. */
  readonly sentMs: number;
  readonly answeredMs: number | undefined;
  readonly outcome: 'final' | 'rejected' | 'unanswered';
  /** Why it was rejected. */
  readonly code: string | undefined;
  readonly text: string;
  /** What the server spent on its text; undefined for one that does not say so. */
  readonly effort: FinalMessage['effort'];
  /** How often the server told the client to come back later with it. */
  readonly refusalCount: number;
  /** False for a part of speech that was cut while the person spoke on. */
  readonly isEndOfSpeech: boolean;
}

/** What the load generator saw of itself while the window was measured. */
interface GeneratorFigures {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Includes the 10 ms at which it is sampled. */
  readonly loopDelayP99Ms: number;
}

/** What the load generator brings back from a step. */
export interface StepObservation {
  readonly rows: readonly ClipRow[];
  /** What the server answered instead of a final, by code, over the whole step. */
  readonly refusals: Readonly<Record<string, number>>;
  /** What went wrong with connections, by code, over the whole step. */
  readonly troubles: Readonly<Record<string, number>>;
  /** Time between the two readings of processes, at the two ends of the window. */
  readonly readMs: number;
  readonly generator: GeneratorFigures;
}

/** What the benchmark tells its load generator. */
export type GeneratorCommand =
  | { readonly type: 'recordings'; readonly recordings: readonly LoadRecording[] }
  | { readonly type: 'step'; readonly plan: StepPlan };

/** What the load generator answers. */
export type GeneratorAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'window_started' }
  | { readonly type: 'window_ended' }
  | { readonly type: 'observed'; readonly observation: StepObservation }
  | { readonly type: 'failed'; readonly message: string };

/** What a device does at one moment of a recording. */
export type SpokenAction =
  | { readonly type: 'start'; readonly startMs: number }
  | { readonly type: 'audio'; readonly samples: Int16Array }
  | { readonly type: 'maybe_end'; readonly evidence: SpokenEnd['evidence'] }
  | { readonly type: 'end'; readonly end: SpokenEnd };

/** How a clip ended, as the protocol wants to know it. */
export interface SpokenEnd {
  readonly reason: 'silence' | 'split' | 'stop' | 'mute';
  readonly continues: boolean;
  readonly evidence: { readonly voicedMs: number; readonly peakProbability: number; readonly meanProbability: number };
  readonly levelDbfs: number;
}

/** Actions that are due at the same time. */
export interface SpokenMoment {
  /** Milliseconds since the recording began to play. */
  readonly atMs: number;
  readonly actions: readonly SpokenAction[];
}

/** A clip as it is sent whole. */
export interface LoadClip {
  readonly samples: Int16Array;
  readonly end: SpokenEnd;
}

/** A recording with what a device would send of it, and when. */
export interface LoadRecording {
  readonly durationMs: number;
  readonly moments: readonly SpokenMoment[];
  readonly clips: readonly LoadClip[];
}
