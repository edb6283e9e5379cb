import { createMetrics } from '@outspoken/monitoring';
import { CLOSE_CODES, ERROR_CODES } from '@outspoken/protocol';
import { expect, test } from 'vitest';

// The monitoring package knows no wire: its label sets are lists of their own, which must not fall behind.
test('every error code of the wire has a series of its own', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  const codes = Object.keys(ERROR_CODES);
  for (const code of codes) {
    metrics.rejected(code);
  }
  const exposition = await metrics.exposition();
  for (const code of codes) {
    expect(exposition).toContain(`outspoken_rejected_total{reason="${code}"} 1\n`);
  }
});

test('every close code of the wire has a series of its own', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  const codes = Object.keys(CLOSE_CODES);
  for (const code of codes) {
    metrics.connectionOpened('stream');
    metrics.connectionClosed('stream', Number(code));
  }
  const exposition = await metrics.exposition();
  for (const code of codes) {
    expect(exposition).toContain(`outspoken_connections_closed_total{code="${code}"} 1\n`);
  }
});
