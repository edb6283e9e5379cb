import type { FastifyInstance } from 'fastify';
import type { ApiContext } from './api-context.ts';
import { HEALTH_SCHEMA, READINESS_SCHEMA } from './schema.ts';

/** `/healthz`: the process answers. `/readyz`: send it clients; 503 while no worker has loaded the model, and once it drains. */
export function registerHealth(scope: FastifyInstance, context: ApiContext): void {
  scope.get('/healthz', { schema: HEALTH_SCHEMA }, async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'ok' });
  });
  scope.get('/readyz', { schema: READINESS_SCHEMA }, async (_request, reply) => {
    const status = context.registry.isDraining ? 'draining' : context.hasWorker() ? 'ready' : 'starting';
    return reply
      .code(status === 'ready' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status });
  });
}
