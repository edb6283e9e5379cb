import type {
  CLIP_OUTCOMES,
  EFFORTS,
  GRAPHS,
  INTERIM_DROP_REASONS,
  LANES,
  PROTOCOLS,
  REFINEMENT_OUTCOMES,
  REQUEST_OUTCOMES,
  RESTART_REASONS,
  RESUME_OUTCOMES,
} from './metrics.ts';

/** A public protocol. */
export type ProtocolLabel = (typeof PROTOCOLS)[number];
/** How a request ended. */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];
/** How a clip ended. */
export type ClipOutcome = (typeof CLIP_OUTCOMES)[number];
/** Why an interim was not sent. */
export type InterimDropReason = (typeof INTERIM_DROP_REASONS)[number];
/** What was spent on a transcript. */
type EffortLabel = (typeof EFFORTS)[number];
/** What became of a second look. */
export type RefinementOutcome = (typeof REFINEMENT_OUTCOMES)[number];
/** Why a worker was replaced. */
export type RestartReason = (typeof RESTART_REASONS)[number];
/** What became of a resume. */
export type ResumeOutcome = (typeof RESUME_OUTCOMES)[number];

/** What is known about one clip when it has ended. Figures that do not exist (a cancelled clip has no confidence) stay out. */
export interface ClipObservation {
  readonly protocol: ProtocolLabel;
  /** Name of the model as given to {@link Metrics.setModel}. */
  readonly model: string;
  readonly outcome: ClipOutcome;
  /** Length of the clip in milliseconds. */
  readonly audioMs: number;
  /** End of speech received to final sent, in milliseconds. */
  readonly finalLatencyMs?: number;
  /** Wait for a worker in milliseconds. */
  readonly queueMs?: number;
  readonly encoderMs?: number;
  readonly decoderMs?: number;
  /** Time in the worker in milliseconds. */
  readonly busyMs?: number;
  /** Geometric mean of the token probabilities, 0 to 1. */
  readonly confidence?: number;
  readonly tokenCount?: number;
  /** Guards that acted; names outside the catalogue count as `other`. */
  readonly guards?: readonly string[];
  /** What was spent on the transcript. */
  readonly effort?: EffortLabel;
}

/** What is known about one file when it has ended. Figures that do not exist stay out. */
export interface FileObservation {
  readonly protocol: ProtocolLabel;
  readonly outcome: RequestOutcome;
  /** Id of the file's container; a value outside the catalogue counts as `other`. */
  readonly container: string;
  /** Length of the file in milliseconds. */
  readonly audioMs?: number;
  /** Speech found in it, in milliseconds. */
  readonly speechMs?: number;
  /** From the file being there to its end, in milliseconds. */
  readonly requestMs: number;
  /** From the file being there to its first segment of text, in milliseconds. */
  readonly firstSegmentMs?: number;
  /** Time spent on decoding it and searching it for speech, in milliseconds. */
  readonly readMs?: number;
}

/** What a device did since its last report. Negative figures and NaN count as 0, absurdly large ones are capped. */
export interface EdgeUsage {
  readonly capturedMs: number;
  readonly voicedMs: number;
  readonly sentMs: number;
  readonly capturedBytes: number;
  readonly sentBytes: number;
}

/** The model behind `outspoken_model_info`. */
export interface ModelLabels {
  readonly name: string;
  readonly version: string;
  /** Hex digest of the weights. */
  readonly sha256: string;
  readonly quantization: string;
  /** Which graphs compute it: prepared ones with weights of a sign, or those that were published. */
  readonly graph: (typeof GRAPHS)[number];
}

/** State of the queue at the moment of a scrape. */
export interface QueueSnapshot {
  /** Clips waiting, by lane. */
  readonly depth: Readonly<Record<(typeof LANES)[number], number>>;
  /** Audio of all the clips waiting, in milliseconds. */
  readonly audioMs: number;
  /** Wait of a new final in milliseconds, its own cost not counted. */
  readonly predictedWaitMs: number;
  /** Workers that have loaded the model. */
  readonly workerSlots: number;
}

/** Records what the server does. Takes numbers and names from fixed sets: no ids, no text, no audio. */
export interface Metrics {
  /** A clip ended: counts the clip, every figure it carries, and, on the stream, the request that it was. Elsewhere a request has many clips. */
  clipFinished(observation: ClipObservation): void;
  /** A request ended that is neither a clip counted by {@link Metrics.clipFinished} nor a file counted by {@link Metrics.fileFinished}. */
  requestFinished(protocol: ProtocolLabel, outcome: RequestOutcome): void;
  /** Something was refused: a wire error code, what is wrong with a file, or `too_many_connections`; unknown reasons count as `other`. */
  rejected(reason: string): void;
  /** Audio arrived, in milliseconds: new samples of a live clip, or the speech that was cut out of a file. */
  audioReceived(protocol: ProtocolLabel, audioMs: number): void;
  /** Bytes of a file arrived. */
  uploadReceived(bytes: number): void;
  /** A file is there to be transcribed; {@link Metrics.fileFinished} follows, whatever happens. */
  fileStarted(): void;
  /** A file ended: counts the file, the request that it was, and every figure it carries. */
  fileFinished(observation: FileObservation): void;
  connectionOpened(protocol: ProtocolLabel): void;
  /** @param code - WebSocket close code; unknown ones count as `other`. */
  connectionClosed(protocol: ProtocolLabel, code: number): void;
  sessionOpened(): void;
  sessionClosed(): void;
  resumeFinished(outcome: ResumeOutcome): void;
  interimSent(): void;
  interimDropped(reason: InterimDropReason): void;
  /** A second look at a clip was over before its final, or was given up. */
  refinementFinished(outcome: RefinementOutcome): void;
  /** A worker spent this long on a second look, in milliseconds; if it was finished {@link Metrics.workerBusy} hears it too. */
  refinementBusy(busyMs: number): void;
  /** A worker spent this long on a clip, in milliseconds. */
  workerBusy(busyMs: number): void;
  workerRestarted(reason: RestartReason): void;
  edgeReported(usage: EdgeUsage): void;
  setModel(labels: ModelLabels): void;
  setDraining(isDraining: boolean): void;
  /** Asked at every scrape, so that a wait that shrinks with time is right when it is read. One probe; a second replaces the first. */
  watchQueue(probe: () => QueueSnapshot): void;
  /** Every metric in Prometheus' text format. */
  exposition(): Promise<string>;
  /** MIME type of {@link Metrics.exposition}. */
  readonly contentType: string;
}
