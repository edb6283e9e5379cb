import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { allowCors, checkOrigin, registerPreflight } from '../cross-origin.ts';
import { registerModels } from './models.ts';
import { noteRefusal, sendOpenAIRefusal } from './openai-error.ts';
import { RequestError } from './request-error.ts';
import type { FileApi } from './transcription-request.ts';
import { registerTranscriptions } from './transcriptions.ts';

/** Everything below these addresses answers in the shape of OpenAI's API, failures included. */
const ROOTS = ['/v1/audio', '/v1/models'];

const OTHER_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** Whether an address belongs to this API. */
export function isOpenAIPath(url: string, basePath: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return ROOTS.some((root) => path === basePath + root || path.startsWith(`${basePath}${root}/`));
}

/** The part of OpenAI's API that is about speech in files: transcriptions and models. */
export async function registerOpenAI(parent: FastifyInstance, context: ApiContext, files: FileApi): Promise<void> {
  await parent.register(async (scope) => {
    // What a caller gets is written by hand; the schemas are there to be read.
    scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
    scope.setErrorHandler(async (error, request, reply) => sendOpenAIRefusal(reply, noteRefusal(error, request, context)));
    scope.addHook('onRequest', async (request, reply) => {
      allowCors(request, reply, context);
      // The question of a browser is answered by its own route.
      if (request.method !== 'OPTIONS') checkOrigin(request, context);
    });
    registerModels(scope, context);
    await registerTranscriptions(scope, context, files);
    for (const root of ROOTS) {
      for (const url of [root, `${root}/*`]) {
        registerPreflight(scope, url, context, { methods: 'GET, POST' });
        const isList = url === '/v1/models';
        // Only there to be found by the router: the hook has thrown before.
        const method = isList ? OTHER_METHODS : ['GET', ...OTHER_METHODS];
        scope.route({ method, url, schema: { hide: true }, onRequest: nothingHere, handler: nothingHere });
      }
    }
  });
}

function nothingHere(): Promise<never> {
  return Promise.reject(new RequestError('not_found', 'there is nothing at this address, or not with this method'));
}
