import { createMetrics } from '@outspoken/monitoring';
import { expect, test } from 'vitest';
import { end, frameBytes, start, tone } from './support/speech.ts';
import { RawClient, startServer } from './support/test-server.ts';

test('the metrics of a clip can be scraped', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  metrics.setModel({ name: 'fake', version: '1', sha256: 'x', quantization: 'none', graph: 'signed' });
  const { base, dispatcher } = await startServer({ metrics });
  const client = await RawClient.open(base);
  client.send(start(0));
  client.send(frameBytes(0, tone(16_000)));
  client.send(end(0, 16_000));
  await client.sync();
  dispatcher.running[0]?.finish();
  await client.next('final');
  const response = await fetch(`${base}/metrics`);
  expect(response.headers.get('content-type')).toBe(metrics.contentType);
  const text = await response.text();
  expect(text).toContain('outspoken_requests_total{protocol="stream",outcome="ok"} 1');
  expect(text).toContain('outspoken_audio_seconds_total{protocol="stream"} 1');
  expect(text).toContain('outspoken_connections_active{protocol="stream"} 1');
  expect(text).toMatch(/outspoken_final_latency_seconds_count\{protocol="stream",model="fake"\} 1/);
});

test('can be left to another listener', async () => {
  const { base } = await startServer({ isMetricsExposed: false });
  expect((await fetch(`${base}/metrics`)).status).toBe(404);
});
