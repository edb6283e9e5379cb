import type { FastifyInstance } from 'fastify';

/** The part of `Metrics` of `@outspoken/monitoring` that is read here. */
export interface MetricsSource {
  exposition(): Promise<string>;
  readonly contentType: string;
}

/** `/metrics` for Prometheus. */
export function registerMetrics(scope: FastifyInstance, metrics: MetricsSource): void {
  scope.get('/metrics', async (_request, reply) => {
    const text = await metrics.exposition();
    return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text);
  });
}
