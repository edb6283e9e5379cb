/** What a metric counts in; the name of the metric ends in it where Prometheus asks for that. */
export type MetricUnit = 'seconds' | 'bytes' | 'ratio' | 'count' | 'info';

/**
 * The values a label may take. `'configured'` means: chosen by the deployment (a model's name or hash), never by a client,
 * so the number of series stays bounded.
 */
export type LabelValues = readonly string[] | 'configured';

/** One entry of the catalogue. */
export interface MetricDefinition {
  readonly name: `outspoken_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly unit: MetricUnit;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** The public protocols that a request can arrive by. */
export const PROTOCOLS = ['stream', 'openai', 'other'] as const;
/** Those that carry speech while it is spoken, and so have a latency from its end. */
export const LIVE_PROTOCOLS = ['stream', 'other'] as const satisfies readonly (typeof PROTOCOLS)[number][];
/** Those that carry whole files. `other`: a program that runs the engine itself. */
export const FILE_PROTOCOLS = ['openai', 'other'] as const satisfies readonly (typeof PROTOCOLS)[number][];
/** How a request ended, as its caller sees it. */
export const REQUEST_OUTCOMES = ['ok', 'failed', 'rejected', 'cancelled'] as const;
/** How a clip ended. `stalled`: the client fell silent in mid-clip and the part that had arrived was transcribed. */
export const CLIP_OUTCOMES = ['ok', 'empty', 'failed', 'stalled', 'cancelled'] as const;
/**
 * Where time goes. Of a clip: waiting for a worker, the model's two halves, and all of its time in a worker.
 * Of a file: `read`, decoding it and searching it for speech.
 */
const STAGES = ['queue', 'encoder', 'decoder', 'worker', 'read'] as const;
/** The scheduler's lanes. */
export const LANES = ['final', 'interim', 'speculative', 'file'] as const;
/** What kinds of file can be told apart; a file that no reader knows is `other`. */
export const CONTAINERS = ['wav', 'mp3', 'flac', 'ogg', 'webm', 'mp4', 'aac', 'other'] as const;
/** Why something was refused: the error codes of the wire protocol, what is refused before a protocol is spoken, and what is wrong with a file. */
export const REJECTION_REASONS = [
  'bad_message',
  'unknown_message',
  'not_ready',
  'bad_frame',
  'frame_too_large',
  'unknown_clip',
  'clip_conflict',
  'clip_too_short',
  'clip_too_long',
  'audio_not_finite',
  'unsupported_sample_rate',
  'unsupported_encoding',
  'length_mismatch',
  'window_exceeded',
  'overloaded',
  'deadline_exceeded',
  'decode_failed',
  'internal',
  'draining',
  'ticket_invalid',
  'origin_not_allowed',
  'rate_limited',
  'unsupported_protocol',
  'session_expired',
  'too_many_connections',
  'unsupported_media',
  'media_damaged',
  'media_empty',
  'media_too_long',
  'media_too_complex',
  'reader_failed',
  'readers_busy',
  'upload_too_large',
  'upload_incomplete',
  'spool_full',
  'unknown_model',
  'bad_request',
  'other',
] as const;
/** What the recognizer did to a text that plain greedy decoding would have returned. */
export const GUARDS = ['repetition', 'token_cap', 'forced_start', 'memorised_phrase', 'unlikely_text', 'silence', 'other'] as const;
/** What was spent on a transcript: how often its clip was heard. */
export const EFFORTS = ['fast', 'balanced', 'best'] as const;
/**
 * What became of a second look at a doubtful clip: its text was `kept` instead of the first one, it was the `same_text`, the final could
 * not wait for it (`late`), somebody needed the worker or the clip went on (`cancelled`), or it `failed`.
 */
export const REFINEMENT_OUTCOMES = ['kept', 'same_text', 'late', 'cancelled', 'failed'] as const;
/** What became of a client that came back with a resume token. */
export const RESUME_OUTCOMES = ['resumed', 'expired'] as const;
/** Why an interim result was not sent: a newer one took its place, its clip had ended, or the server was too busy. */
export const INTERIM_DROP_REASONS = ['coalesced', 'stale', 'overload'] as const;
/** Which graphs compute a model. */
export const GRAPHS = ['signed', 'unsigned', 'float', 'shipped'] as const;
/** Why a worker process was replaced. */
export const RESTART_REASONS = ['crashed', 'hung', 'load_failed'] as const;
/** WebSocket close codes that this server or a client of it sends. */
export const CLOSE_CODES = [
  '1000',
  '1001',
  '1003',
  '1005',
  '1006',
  '1007',
  '1008',
  '1009',
  '1011',
  '1013',
  '4400',
  '4401',
  '4408',
  '4409',
  '4429',
  'other',
] as const;

// Finer than prom-client's defaults between 10 and 300 ms, where the latency of a short clip lies.
const LATENCY_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30] as const;
// Reading a file of hours takes minutes.
const STAGE_BUCKETS_SECONDS = [...LATENCY_BUCKETS_SECONDS, 60, 300] as const;
// Up to the hours that a long recording has, or that a slow sender may take.
const FILE_SECONDS_BUCKETS = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400] as const;
const REQUEST_SECONDS_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] as const;
const FIRST_SEGMENT_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const REALTIME_FACTOR_BUCKETS = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2] as const;
const CLIP_SECONDS_BUCKETS = [0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30] as const;
const PROBABILITY_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1] as const;

/**
 * Every metric of the server, declared once. The exporter registers these and nothing else under the prefix `outspoken_`;
 * the process's own figures (event-loop delay, memory, garbage collection) keep the names every Node dashboard knows:
 * `nodejs_eventloop_lag_*`, `process_*`, `nodejs_*`.
 */
export const METRICS = {
  requests: {
    name: 'outspoken_requests_total',
    type: 'counter',
    help: 'Requests answered, by protocol and outcome; its rate is the QPS. On the stream one clip is one request, elsewhere one file.',
    unit: 'count',
    labels: { protocol: PROTOCOLS, outcome: REQUEST_OUTCOMES },
  },
  clips: {
    name: 'outspoken_clips_total',
    type: 'counter',
    help: 'Clips that reached the server and ended, by outcome.',
    unit: 'count',
    labels: { outcome: CLIP_OUTCOMES },
  },
  finalLatency: {
    name: 'outspoken_final_latency_seconds',
    type: 'histogram',
    help: 'Time from the end of speech being received to the final transcript being sent.',
    unit: 'seconds',
    labels: { protocol: LIVE_PROTOCOLS, model: 'configured' },
    buckets: LATENCY_BUCKETS_SECONDS,
  },
  stageDuration: {
    name: 'outspoken_stage_duration_seconds',
    type: 'histogram',
    help: 'Time in one stage. Of a clip: waiting for a worker, encoder, decoder, worker altogether; of a file: read, decoding and searching it.',
    unit: 'seconds',
    labels: { stage: STAGES },
    buckets: STAGE_BUCKETS_SECONDS,
  },
  audioReceived: {
    name: 'outspoken_audio_received_seconds_total',
    type: 'counter',
    help: 'Audio that arrived to be transcribed, whatever became of it.',
    unit: 'seconds',
    labels: { protocol: PROTOCOLS },
  },
  audio: {
    name: 'outspoken_audio_seconds_total',
    type: 'counter',
    help: 'Audio of the clips that were transcribed.',
    unit: 'seconds',
    labels: { protocol: PROTOCOLS },
  },
  clipDuration: {
    name: 'outspoken_clip_duration_seconds',
    type: 'histogram',
    help: 'Length of the clips that were transcribed.',
    unit: 'seconds',
    labels: {},
    buckets: CLIP_SECONDS_BUCKETS,
  },
  realtimeFactor: {
    name: 'outspoken_realtime_factor',
    type: 'histogram',
    help: 'Worker time divided by audio time, per clip; below 1 is faster than real time.',
    unit: 'ratio',
    labels: {},
    buckets: REALTIME_FACTOR_BUCKETS,
  },
  confidence: {
    name: 'outspoken_transcript_confidence_ratio',
    type: 'histogram',
    help: 'Confidence of the transcripts that have text: the mean of the confidences of their words.',
    unit: 'ratio',
    labels: {},
    buckets: PROBABILITY_BUCKETS,
  },
  tokens: {
    name: 'outspoken_tokens_total',
    type: 'counter',
    help: 'Tokens of the transcripts.',
    unit: 'count',
    labels: {},
  },
  guardActions: {
    name: 'outspoken_guard_actions_total',
    type: 'counter',
    help: 'Times a guard changed what plain greedy decoding would have returned.',
    unit: 'count',
    labels: { guard: GUARDS },
  },
  transcripts: {
    name: 'outspoken_transcripts_total',
    type: 'counter',
    help: 'Clips that were transcribed, by what was spent on the text that was sent: fast heard them once, balanced and best several times.',
    unit: 'count',
    labels: { effort: EFFORTS },
  },
  refinements: {
    name: 'outspoken_refinements_total',
    type: 'counter',
    help: 'Second looks at doubtful clips that a worker began, by outcome.',
    unit: 'count',
    labels: { outcome: REFINEMENT_OUTCOMES },
  },
  refinementBusy: {
    name: 'outspoken_refinement_busy_seconds_total',
    type: 'counter',
    help: 'Time that workers spent on second looks, finished or given up: nobody waited for a worker meanwhile.',
    unit: 'seconds',
    labels: {},
  },
  uploads: {
    name: 'outspoken_upload_bytes_total',
    type: 'counter',
    help: 'Bytes of files received, those of uploads that were broken off or refused included.',
    unit: 'bytes',
    labels: {},
  },
  filesActive: {
    name: 'outspoken_files_active',
    type: 'gauge',
    help: 'Files being transcribed, those waiting for a reader included.',
    unit: 'count',
    labels: {},
  },
  files: {
    name: 'outspoken_files_total',
    type: 'counter',
    help: 'Files that were read or refused, by container and outcome.',
    unit: 'count',
    labels: { container: CONTAINERS, outcome: REQUEST_OUTCOMES },
  },
  fileDuration: {
    name: 'outspoken_file_duration_seconds',
    type: 'histogram',
    help: 'Length of the files that were transcribed.',
    unit: 'seconds',
    labels: {},
    buckets: FILE_SECONDS_BUCKETS,
  },
  fileSpeech: {
    name: 'outspoken_file_speech_seconds_total',
    type: 'counter',
    help: 'Speech found in the files that were transcribed.',
    unit: 'seconds',
    labels: {},
  },
  requestDuration: {
    name: 'outspoken_request_duration_seconds',
    type: 'histogram',
    help: 'Time from a file being there to its transcript being complete, for files that were transcribed.',
    unit: 'seconds',
    labels: { protocol: FILE_PROTOCOLS },
    buckets: REQUEST_SECONDS_BUCKETS,
  },
  firstSegment: {
    name: 'outspoken_first_segment_seconds',
    type: 'histogram',
    help: 'Time from a file being there to its first segment of text.',
    unit: 'seconds',
    labels: {},
    buckets: FIRST_SEGMENT_BUCKETS,
  },
  queueDepth: {
    name: 'outspoken_queue_depth',
    type: 'gauge',
    help: 'Clips waiting for a worker, by lane.',
    unit: 'count',
    labels: { lane: LANES },
  },
  queueAudio: {
    name: 'outspoken_queue_audio_seconds',
    type: 'gauge',
    help: 'Audio of the clips waiting for a worker.',
    unit: 'seconds',
    labels: {},
  },
  predictedWait: {
    name: 'outspoken_predicted_wait_seconds',
    type: 'gauge',
    help: 'Predicted time until a worker is free for a new final: the work ahead of it at the measured speed.',
    unit: 'seconds',
    labels: {},
  },
  connectionsActive: {
    name: 'outspoken_connections_active',
    type: 'gauge',
    help: 'Open connections, by protocol.',
    unit: 'count',
    labels: { protocol: PROTOCOLS },
  },
  connectionsClosed: {
    name: 'outspoken_connections_closed_total',
    type: 'counter',
    help: 'Closed connections, by WebSocket close code.',
    unit: 'count',
    labels: { code: CLOSE_CODES },
  },
  sessionsActive: {
    name: 'outspoken_sessions_active',
    type: 'gauge',
    help: 'Sessions alive, those waiting for their client to come back included.',
    unit: 'count',
    labels: {},
  },
  sessions: {
    name: 'outspoken_sessions_total',
    type: 'counter',
    help: 'Sessions opened.',
    unit: 'count',
    labels: {},
  },
  resumes: {
    name: 'outspoken_resumes_total',
    type: 'counter',
    help: 'Clients that came back with a resume token, by what became of it.',
    unit: 'count',
    labels: { outcome: RESUME_OUTCOMES },
  },
  rejected: {
    name: 'outspoken_rejected_total',
    type: 'counter',
    help: 'Refusals by reason: clips, messages, frames and connections that were answered with an error.',
    unit: 'count',
    labels: { reason: REJECTION_REASONS },
  },
  interims: {
    name: 'outspoken_interims_total',
    type: 'counter',
    help: 'Interim transcripts sent.',
    unit: 'count',
    labels: {},
  },
  interimsDropped: {
    name: 'outspoken_interims_dropped_total',
    type: 'counter',
    help: 'Interim transcripts not sent, by reason.',
    unit: 'count',
    labels: { reason: INTERIM_DROP_REASONS },
  },
  workerSlots: {
    name: 'outspoken_worker_slots',
    type: 'gauge',
    help: 'Worker processes that have loaded the model.',
    unit: 'count',
    labels: {},
  },
  workerBusy: {
    name: 'outspoken_worker_busy_seconds_total',
    type: 'counter',
    help: 'Time that workers spent on decodes that they finished, interim and speculative ones included.',
    unit: 'seconds',
    labels: {},
  },
  workerRestarts: {
    name: 'outspoken_worker_restarts_total',
    type: 'counter',
    help: 'Worker processes that were replaced, by reason.',
    unit: 'count',
    labels: { reason: RESTART_REASONS },
  },
  modelInfo: {
    name: 'outspoken_model_info',
    type: 'gauge',
    help: 'Always 1; its labels say which model answers.',
    unit: 'info',
    labels: { name: 'configured', version: 'configured', sha256: 'configured', quantization: 'configured', graph: GRAPHS },
  },
  draining: {
    name: 'outspoken_draining',
    type: 'gauge',
    help: '1 while the server finishes its work before it stops, otherwise 0.',
    unit: 'count',
    labels: {},
  },
  edgeCaptured: {
    name: 'outspoken_edge_captured_seconds_total',
    type: 'counter',
    help: 'Time that microphones were open, as reported by the devices.',
    unit: 'seconds',
    labels: {},
  },
  edgeVoiced: {
    name: 'outspoken_edge_voiced_seconds_total',
    type: 'counter',
    help: 'Time in which the devices heard speech.',
    unit: 'seconds',
    labels: {},
  },
  edgeSent: {
    name: 'outspoken_edge_sent_seconds_total',
    type: 'counter',
    help: 'Audio that the devices sent.',
    unit: 'seconds',
    labels: {},
  },
  edgeCapturedBytes: {
    name: 'outspoken_edge_captured_bytes_total',
    type: 'counter',
    help: 'Bytes that streaming everything at 16 kHz and 16 bits would have sent.',
    unit: 'bytes',
    labels: {},
  },
  edgeSentBytes: {
    name: 'outspoken_edge_sent_bytes_total',
    type: 'counter',
    help: 'Bytes that the devices sent over their sockets, headers, control messages and resent audio included.',
    unit: 'bytes',
    labels: {},
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Key of a metric in {@link METRICS}. */
export type MetricKey = keyof typeof METRICS;
