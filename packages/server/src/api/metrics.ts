import type { FastifyInstance } from 'fastify';
import { METRICS_SCHEMA } from './schema.ts';

/** The part of `Metrics` of `@outspoken/monitoring` that is read here. */
export interface MetricsSource {
  exposition(): Promise<string>;
  readonly contentType: string;
}

/** `/metrics` for Prometheus. */
export function registerMetrics(scope: FastifyInstance, metrics: MetricsSource): void {
  scope.get('/metrics', { schema: METRICS_SCHEMA, serializerCompiler: () => String }, async (_request, reply) => {
    const text = await metrics.exposition();
    return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text);
  });
}
