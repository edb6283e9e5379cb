import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  CLOSE_CODES,
  CONTAINERS,
  FILE_PROTOCOLS,
  GUARDS,
  LIVE_PROTOCOLS,
  METRICS,
  type MetricDefinition,
  type MetricKey,
  REJECTION_REASONS,
} from './metrics.ts';
import type { ClipObservation, ClipOutcome, EdgeUsage, FileObservation, Metrics, QueueSnapshot, RequestOutcome } from './recorder.ts';

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Adds prom-client's figures of the process: event-loop delay, memory, garbage collection. @defaultValue `true` */
  readonly collectsProcess?: boolean;
}

// A device reports every few seconds; a day of capture or 4 GiB in one report is a fault, and must not ruin a counter for good.
const MAX_REPORT_MS = 86_400_000;
const MAX_REPORT_BYTES = 2 ** 32;

const REQUEST_OUTCOME_OF_CLIP: Readonly<Record<ClipOutcome, RequestOutcome>> = {
  ok: 'ok',
  empty: 'ok',
  stalled: 'ok',
  failed: 'failed',
  cancelled: 'cancelled',
};

type Instrument<K extends MetricKey> = (typeof METRICS)[K]['type'] extends 'counter'
  ? Counter
  : (typeof METRICS)[K]['type'] extends 'gauge'
    ? Gauge
    : Histogram;
type Instruments = { readonly [K in MetricKey]: Instrument<K> };

/** Creates a recorder with a registry of its own, every series with a fixed label set already at 0. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.collectsProcess ?? true) {
    collectDefaultMetrics({ register: registry });
  }
  return new PrometheusMetrics(registry);
}

class PrometheusMetrics implements Metrics {
  readonly #registry: Registry;
  readonly #instruments: Instruments;
  readonly #models = new Set<string>();
  #probe: (() => QueueSnapshot) | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#instruments = createInstruments(registry);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  clipFinished(observation: ClipObservation): void {
    const { protocol, outcome } = observation;
    const metrics = this.#instruments;
    metrics.clips.inc({ outcome });
    if (protocol === 'stream') {
      metrics.requests.inc({ protocol, outcome: REQUEST_OUTCOME_OF_CLIP[outcome] });
    }
    for (const guard of observation.guards ?? []) {
      metrics.guardActions.inc({ guard: bounded(GUARDS, guard) });
    }
    if (observation.effort !== undefined) metrics.transcripts.inc({ effort: observation.effort });
    this.#observeStages(observation);
    if (outcome === 'failed' || outcome === 'cancelled') {
      return;
    }
    const audioSeconds = amount(observation.audioMs) / 1000;
    metrics.audio.inc({ protocol }, audioSeconds);
    metrics.clipDuration.observe(audioSeconds);
    metrics.tokens.inc(amount(observation.tokenCount));
    if (observation.busyMs !== undefined && audioSeconds > 0) {
      metrics.realtimeFactor.observe(amount(observation.busyMs) / 1000 / audioSeconds);
    }
    if (observation.confidence !== undefined && outcome !== 'empty') {
      metrics.confidence.observe(amount(observation.confidence));
    }
    if (observation.finalLatencyMs !== undefined) {
      const model = this.#models.has(observation.model) ? observation.model : 'other';
      metrics.finalLatency.observe({ protocol: bounded(LIVE_PROTOCOLS, protocol), model }, amount(observation.finalLatencyMs) / 1000);
    }
  }

  requestFinished(protocol: Parameters<Metrics['requestFinished']>[0], outcome: RequestOutcome): void {
    this.#instruments.requests.inc({ protocol, outcome });
  }

  rejected(reason: string): void {
    this.#instruments.rejected.inc({ reason: bounded(REJECTION_REASONS, reason) });
  }

  audioReceived(protocol: Parameters<Metrics['audioReceived']>[0], audioMs: number): void {
    this.#instruments.audioReceived.inc({ protocol }, amount(audioMs) / 1000);
  }

  uploadReceived(bytes: number): void {
    this.#instruments.uploads.inc(amount(bytes));
  }

  fileStarted(): void {
    this.#instruments.filesActive.inc();
  }

  fileFinished(observation: FileObservation): void {
    const { protocol, outcome } = observation;
    const metrics = this.#instruments;
    metrics.filesActive.dec();
    metrics.files.inc({ container: bounded(CONTAINERS, observation.container), outcome });
    metrics.requests.inc({ protocol, outcome });
    if (observation.readMs !== undefined) {
      metrics.stageDuration.observe({ stage: 'read' }, amount(observation.readMs) / 1000);
    }
    if (observation.firstSegmentMs !== undefined) {
      metrics.firstSegment.observe(amount(observation.firstSegmentMs) / 1000);
    }
    if (outcome !== 'ok') {
      return;
    }
    if (observation.audioMs !== undefined) {
      metrics.fileDuration.observe(amount(observation.audioMs) / 1000);
    }
    metrics.fileSpeech.inc(amount(observation.speechMs) / 1000);
    metrics.requestDuration.observe({ protocol: bounded(FILE_PROTOCOLS, protocol) }, amount(observation.requestMs) / 1000);
  }

  connectionOpened(protocol: Parameters<Metrics['connectionOpened']>[0]): void {
    this.#instruments.connectionsActive.inc({ protocol });
  }

  connectionClosed(protocol: Parameters<Metrics['connectionClosed']>[0], code: number): void {
    this.#instruments.connectionsActive.dec({ protocol });
    this.#instruments.connectionsClosed.inc({ code: bounded(CLOSE_CODES, String(code)) });
  }

  sessionOpened(): void {
    this.#instruments.sessions.inc();
    this.#instruments.sessionsActive.inc();
  }

  sessionClosed(): void {
    this.#instruments.sessionsActive.dec();
  }

  resumeFinished(outcome: Parameters<Metrics['resumeFinished']>[0]): void {
    this.#instruments.resumes.inc({ outcome });
  }

  interimSent(): void {
    this.#instruments.interims.inc();
  }

  interimDropped(reason: Parameters<Metrics['interimDropped']>[0]): void {
    this.#instruments.interimsDropped.inc({ reason });
  }

  refinementFinished(outcome: Parameters<Metrics['refinementFinished']>[0]): void {
    this.#instruments.refinements.inc({ outcome });
  }

  refinementBusy(busyMs: number): void {
    this.#instruments.refinementBusy.inc(amount(busyMs) / 1000);
  }

  workerBusy(busyMs: number): void {
    this.#instruments.workerBusy.inc(amount(busyMs) / 1000);
  }

  workerRestarted(reason: Parameters<Metrics['workerRestarted']>[0]): void {
    this.#instruments.workerRestarts.inc({ reason });
  }

  edgeReported(usage: EdgeUsage): void {
    const metrics = this.#instruments;
    metrics.edgeCaptured.inc(amount(usage.capturedMs, MAX_REPORT_MS) / 1000);
    metrics.edgeVoiced.inc(amount(usage.voicedMs, MAX_REPORT_MS) / 1000);
    metrics.edgeSent.inc(amount(usage.sentMs, MAX_REPORT_MS) / 1000);
    metrics.edgeCapturedBytes.inc(amount(usage.capturedBytes, MAX_REPORT_BYTES));
    metrics.edgeSentBytes.inc(amount(usage.sentBytes, MAX_REPORT_BYTES));
  }

  setModel(labels: Parameters<Metrics['setModel']>[0]): void {
    this.#models.add(labels.name);
    // One that was swapped out answers no more.
    this.#instruments.modelInfo.reset();
    this.#instruments.modelInfo.set({ ...labels }, 1);
    for (const protocol of METRICS.finalLatency.labels.protocol) {
      this.#instruments.finalLatency.zero({ protocol, model: labels.name });
    }
  }

  setDraining(isDraining: boolean): void {
    this.#instruments.draining.set(isDraining ? 1 : 0);
  }

  watchQueue(probe: () => QueueSnapshot): void {
    this.#probe = probe;
  }

  exposition(): Promise<string> {
    this.#readQueue();
    return this.#registry.metrics();
  }

  #observeStages(observation: ClipObservation): void {
    const stages = {
      queue: observation.queueMs,
      encoder: observation.encoderMs,
      decoder: observation.decoderMs,
      worker: observation.busyMs,
    };
    for (const [stage, durationMs] of Object.entries(stages)) {
      if (durationMs !== undefined) {
        this.#instruments.stageDuration.observe({ stage }, amount(durationMs) / 1000);
      }
    }
  }

  #readQueue(): void {
    const snapshot = this.#probe?.();
    if (!snapshot) {
      return;
    }
    for (const [lane, depth] of Object.entries(snapshot.depth)) {
      this.#instruments.queueDepth.set({ lane }, depth);
    }
    this.#instruments.queueAudio.set(snapshot.audioMs / 1000);
    this.#instruments.predictedWait.set(snapshot.predictedWaitMs / 1000);
    this.#instruments.workerSlots.set(snapshot.workerSlots);
  }
}

function createInstruments(registry: Registry): Instruments {
  const entries = Object.entries(METRICS).map(([key, definition]) => [key, createInstrument(definition, registry)]);
  // fromEntries forgets which key has which type; createInstrument made each one from that very entry of METRICS.
  return Object.fromEntries(entries) as Instruments;
}

function createInstrument(definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const common = { name: definition.name, help: definition.help, labelNames: Object.keys(definition.labels), registers: [registry] };
  const series = labelCombinations(definition);
  switch (definition.type) {
    case 'counter': {
      const counter = new Counter(common);
      for (const labels of series) {
        counter.inc(labels, 0);
      }
      return counter;
    }
    case 'gauge': {
      const gauge = new Gauge(common);
      for (const labels of series) {
        gauge.set(labels, 0);
      }
      return gauge;
    }
    case 'histogram': {
      const histogram = new Histogram({ ...common, buckets: [...(definition.buckets ?? [])] });
      for (const labels of series) {
        histogram.zero(labels);
      }
      return histogram;
    }
    default:
      throw new TypeError(`unknown metric type ${String(definition.type satisfies never)}`);
  }
}

/** Every series of a metric, so that each starts at 0 and `rate()` sees the first event; none where a label is configured later. */
function labelCombinations(definition: MetricDefinition): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(definition.labels)) {
    if (values === 'configured') {
      return [];
    }
    combinations = combinations.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return combinations;
}

/** A label value from its fixed set: what is not in it becomes `other`, so a client can never create a series. */
function bounded(values: readonly string[], value: string): string {
  return values.includes(value) ? value : 'other';
}

/** A figure as a counter can take it: a number, not negative, and not above the maximum. */
function amount(value: number | undefined, maximum = Number.MAX_SAFE_INTEGER): number {
  return value !== undefined && value > 0 ? Math.min(value, maximum) : 0;
}
