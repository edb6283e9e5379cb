export { createMetrics, type MetricsOptions } from './exporter.ts';
export { type LabelValues, METRICS, type MetricDefinition, type MetricKey, type MetricUnit } from './metrics.ts';
export type {
  ClipObservation,
  ClipOutcome,
  EdgeUsage,
  FileObservation,
  InterimDropReason,
  Metrics,
  ModelLabels,
  ProtocolLabel,
  QueueSnapshot,
  RefinementOutcome,
  RequestOutcome,
  RestartReason,
  ResumeOutcome,
} from './recorder.ts';
