import { expect, test } from 'vitest';
import { createMetrics, METRICS } from '../src/index.ts';

const MODEL = { name: 'moonshine-tiny', version: '1', sha256: 'ab'.repeat(32), quantization: 'int8', graph: 'signed' } as const;

function useEverything(metrics: ReturnType<typeof createMetrics>): void {
  metrics.setModel(MODEL);
  metrics.watchQueue(() => ({
    depth: { final: 2, interim: 1, speculative: 0, file: 3 },
    audioMs: 4500,
    predictedWaitMs: 250,
    workerSlots: 2,
  }));
  metrics.clipFinished({
    protocol: 'stream',
    model: MODEL.name,
    outcome: 'ok',
    audioMs: 2000,
    finalLatencyMs: 80,
    queueMs: 5,
    encoderMs: 20,
    decoderMs: 40,
    busyMs: 100,
    confidence: 0.9,
    tokenCount: 7,
    guards: ['repetition', 'a guard of tomorrow'],
    effort: 'best',
  });
  metrics.refinementFinished('kept');
  metrics.refinementBusy(250);
  metrics.requestFinished('stream', 'rejected');
  metrics.rejected('overloaded');
  metrics.rejected('anything a client might say');
  metrics.audioReceived('stream', 2500);
  metrics.uploadReceived(64_000);
  metrics.fileStarted();
  metrics.fileStarted();
  metrics.fileFinished({
    protocol: 'openai',
    outcome: 'ok',
    container: 'flac',
    audioMs: 90_000,
    speechMs: 60_000,
    requestMs: 4500,
    firstSegmentMs: 400,
    readMs: 1200,
  });
  metrics.fileFinished({ protocol: 'openai', outcome: 'rejected', container: 'a container of tomorrow', requestMs: 20 });
  metrics.connectionOpened('stream');
  metrics.connectionOpened('stream');
  metrics.connectionClosed('stream', 1000);
  metrics.connectionClosed('stream', 4999);
  metrics.sessionOpened();
  metrics.sessionClosed();
  metrics.resumeFinished('resumed');
  metrics.interimSent();
  metrics.interimDropped('coalesced');
  metrics.workerBusy(1500);
  metrics.workerRestarted('crashed');
  metrics.edgeReported({ capturedMs: 10_000, voicedMs: 3000, sentMs: 3500, capturedBytes: 320_000, sentBytes: 112_000 });
  metrics.setDraining(true);
}

function value(exposition: string, series: string): number {
  const line = exposition.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  expect(line, series).toBeDefined();
  return Number(line?.slice(series.length + 1));
}

test('exposes every metric of the catalogue with its help and type, and no other outspoken_ name', async () => {
  const metrics = createMetrics();
  useEverything(metrics);
  const exposition = await metrics.exposition();
  for (const { name, help, type } of Object.values(METRICS)) {
    expect(exposition).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    expect(exposition, `${name} has a series`).toMatch(new RegExp(`^${name}(_bucket|_sum|_count)?(\\{[^}]*\\})? \\S+$`, 'm'));
  }
  const catalogued = new Set(Object.values(METRICS).map(({ name }) => name as string));
  const exposed = [...exposition.matchAll(/^(outspoken_[a-z0-9_]+?)(?:_bucket|_sum|_count)?(?:\{.*)? \S+$/gm)].map((match) => match[1]);
  expect(exposed.filter((name) => !catalogued.has(name!))).toEqual([]);
});

test('exposes the event-loop delay and the process under the names every Node dashboard knows', async () => {
  const exposition = await createMetrics().exposition();
  expect(exposition).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(exposition).toContain('process_resident_memory_bytes');
  expect(await createMetrics({ collectsProcess: false }).exposition()).not.toContain('nodejs_');
});

test('starts every series with a fixed label set at 0', async () => {
  const exposition = await createMetrics({ collectsProcess: false }).exposition();
  expect(value(exposition, 'outspoken_requests_total{protocol="stream",outcome="ok"}')).toBe(0);
  expect(value(exposition, 'outspoken_rejected_total{reason="overloaded"}')).toBe(0);
  expect(value(exposition, 'outspoken_queue_depth{lane="final"}')).toBe(0);
  expect(value(exposition, 'outspoken_stage_duration_seconds_count{stage="encoder"}')).toBe(0);
  expect(value(exposition, 'outspoken_realtime_factor_count')).toBe(0);
  expect(value(exposition, 'outspoken_worker_restarts_total{reason="hung"}')).toBe(0);
  expect(value(exposition, 'outspoken_files_total{container="mp4",outcome="failed"}')).toBe(0);
  expect(value(exposition, 'outspoken_request_duration_seconds_count{protocol="openai"}')).toBe(0);
  expect(value(exposition, 'outspoken_audio_received_seconds_total{protocol="openai"}')).toBe(0);
});

test('records figures in base units', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  useEverything(metrics);
  const exposition = await metrics.exposition();
  expect(value(exposition, 'outspoken_audio_seconds_total{protocol="stream"}')).toBe(2);
  expect(value(exposition, 'outspoken_final_latency_seconds_sum{protocol="stream",model="moonshine-tiny"}')).toBe(0.08);
  expect(value(exposition, 'outspoken_stage_duration_seconds_sum{stage="decoder"}')).toBe(0.04);
  expect(value(exposition, 'outspoken_realtime_factor_sum')).toBe(0.05);
  expect(value(exposition, 'outspoken_worker_busy_seconds_total')).toBe(1.5);
  expect(value(exposition, 'outspoken_refinement_busy_seconds_total')).toBe(0.25);
  expect(value(exposition, 'outspoken_refinements_total{outcome="kept"}')).toBe(1);
  expect(value(exposition, 'outspoken_transcripts_total{effort="best"}')).toBe(1);
  expect(value(exposition, 'outspoken_queue_audio_seconds')).toBe(4.5);
  expect(value(exposition, 'outspoken_predicted_wait_seconds')).toBe(0.25);
  expect(value(exposition, 'outspoken_audio_received_seconds_total{protocol="stream"}')).toBe(2.5);
  expect(value(exposition, 'outspoken_upload_bytes_total')).toBe(64_000);
  expect(value(exposition, 'outspoken_file_duration_seconds_sum')).toBe(90);
  expect(value(exposition, 'outspoken_file_speech_seconds_total')).toBe(60);
  expect(value(exposition, 'outspoken_request_duration_seconds_sum{protocol="openai"}')).toBe(4.5);
  expect(value(exposition, 'outspoken_first_segment_seconds_sum')).toBe(0.4);
  expect(value(exposition, 'outspoken_stage_duration_seconds_sum{stage="read"}')).toBe(1.2);
  expect(value(exposition, 'outspoken_queue_depth{lane="file"}')).toBe(3);
  expect(value(exposition, 'outspoken_edge_captured_seconds_total')).toBe(10);
  expect(value(exposition, 'outspoken_edge_sent_bytes_total')).toBe(112_000);
  expect(value(exposition, 'outspoken_draining')).toBe(1);
  expect(value(exposition, 'outspoken_connections_active{protocol="stream"}')).toBe(0);
});

test('never creates a series from a name outside the catalogue', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  useEverything(metrics);
  metrics.clipFinished({ protocol: 'stream', model: 'chosen by a client', outcome: 'ok', audioMs: 1000, finalLatencyMs: 10 });
  const exposition = await metrics.exposition();
  expect(exposition).not.toMatch(/tomorrow|anything|4999|chosen/);
  expect(value(exposition, 'outspoken_guard_actions_total{guard="other"}')).toBe(1);
  expect(value(exposition, 'outspoken_rejected_total{reason="other"}')).toBe(1);
  expect(value(exposition, 'outspoken_connections_closed_total{code="other"}')).toBe(1);
  expect(value(exposition, 'outspoken_files_total{container="other",outcome="rejected"}')).toBe(1);
});

test('counts an empty or stalled clip as an answered request and a failed one as failed', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  for (const outcome of ['ok', 'empty', 'stalled', 'failed', 'cancelled'] as const) {
    metrics.clipFinished({ protocol: 'stream', model: 'm', outcome, audioMs: 1000, confidence: 0.5 });
  }
  const exposition = await metrics.exposition();
  expect(value(exposition, 'outspoken_requests_total{protocol="stream",outcome="ok"}')).toBe(3);
  expect(value(exposition, 'outspoken_requests_total{protocol="stream",outcome="failed"}')).toBe(1);
  expect(value(exposition, 'outspoken_requests_total{protocol="stream",outcome="cancelled"}')).toBe(1);
  expect(value(exposition, 'outspoken_audio_seconds_total{protocol="stream"}')).toBe(3);
  expect(value(exposition, 'outspoken_transcript_confidence_ratio_count')).toBe(2);
});

test('counts a file as one request, however many clips it was cut into', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  metrics.fileStarted();
  for (let clip = 0; clip < 3; clip += 1) {
    metrics.clipFinished({ protocol: 'openai', model: 'm', outcome: 'ok', audioMs: 5000 });
  }
  metrics.fileFinished({ protocol: 'openai', outcome: 'ok', container: 'wav', audioMs: 20_000, requestMs: 900 });
  const exposition = await metrics.exposition();
  expect(value(exposition, 'outspoken_requests_total{protocol="openai",outcome="ok"}')).toBe(1);
  expect(value(exposition, 'outspoken_clips_total{outcome="ok"}')).toBe(3);
  expect(value(exposition, 'outspoken_audio_seconds_total{protocol="openai"}')).toBe(15);
  expect(value(exposition, 'outspoken_files_active')).toBe(0);
});

test('measures the length and the duration of transcribed files only', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  for (const outcome of ['failed', 'rejected', 'cancelled'] as const) {
    metrics.fileStarted();
    metrics.fileFinished({ protocol: 'openai', outcome, container: 'mp3', audioMs: 60_000, requestMs: 60_000, readMs: 500 });
  }
  const exposition = await metrics.exposition();
  expect(value(exposition, 'outspoken_requests_total{protocol="openai",outcome="cancelled"}')).toBe(1);
  expect(value(exposition, 'outspoken_files_total{container="mp3",outcome="failed"}')).toBe(1);
  expect(value(exposition, 'outspoken_file_duration_seconds_count')).toBe(0);
  expect(value(exposition, 'outspoken_request_duration_seconds_count{protocol="openai"}')).toBe(0);
  expect(value(exposition, 'outspoken_stage_duration_seconds_count{stage="read"}')).toBe(3);
});

test('keeps its counters sound when a device reports nonsense', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  metrics.edgeReported({ capturedMs: -5, voicedMs: Number.NaN, sentMs: 1e300, capturedBytes: Number.POSITIVE_INFINITY, sentBytes: 10 });
  const exposition = await metrics.exposition();
  expect(value(exposition, 'outspoken_edge_captured_seconds_total')).toBe(0);
  expect(value(exposition, 'outspoken_edge_voiced_seconds_total')).toBe(0);
  expect(value(exposition, 'outspoken_edge_sent_seconds_total')).toBe(86_400);
  expect(value(exposition, 'outspoken_edge_captured_bytes_total')).toBe(2 ** 32);
  expect(value(exposition, 'outspoken_edge_sent_bytes_total')).toBe(10);
});

test('keeps two recorders apart', async () => {
  const first = createMetrics({ collectsProcess: false });
  const second = createMetrics({ collectsProcess: false });
  first.sessionOpened();
  expect(value(await second.exposition(), 'outspoken_sessions_total')).toBe(0);
});

test('says which model answers now, and only that one', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  metrics.setModel(MODEL);
  metrics.setModel({ ...MODEL, name: 'moonshine-base' });
  const lines = (await metrics.exposition()).split('\n').filter((line) => line.startsWith('outspoken_model_info{'));
  expect(lines).toEqual([expect.stringContaining('name="moonshine-base"')]);
});
