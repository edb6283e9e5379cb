import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { RequestError } from './request-error.ts';
import { MODEL_SCHEMA, MODELS_SCHEMA } from './schema.ts';

/** `GET v1/models`, `GET v1/models/{id}`: the model that is served. */
export function registerModels(scope: FastifyInstance, context: ApiContext): void {
  // OpenAI tells when a model was made; all that is known here is since when it is served.
  const created = Math.floor(context.clock.wallMs() / 1000);
  const served = () => ({ id: context.model().id, object: 'model', created, owned_by: 'outspoken' });
  scope.get('/v1/models', { schema: MODELS_SCHEMA }, async () => ({ object: 'list', data: context.hasWorker() ? [served()] : [] }));
  scope.get<{ Params: { id: string } }>('/v1/models/:id', { schema: MODEL_SCHEMA }, async (request) => {
    if (context.hasWorker() && request.params.id === context.model().id) return served();
    throw new RequestError('model_not_found', 'the server has no such model, ask for the list of models', 'model');
  });
}
