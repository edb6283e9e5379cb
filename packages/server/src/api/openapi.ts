import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { OPENAI_SCHEMAS } from './openai/schema.ts';
import { REFUSAL_SCHEMA } from './schema.ts';

/** Version of this package: the API is described as it is here. */
function packageVersion(): string {
  // Two levels above both src/ and dist/.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  return manifest.version;
}

/** Gathers the schemas of every route that is registered from now on. */
export async function registerOpenApi(scope: FastifyInstance, basePath: string): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'outspoken',
        version: packageVersion(),
        description: 'Speech to text: files over HTTP, and live speech over a socket.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: basePath === '' ? '/' : basePath, description: 'This server' }],
      tags: [
        { name: 'files', description: "Recordings, in the shape of OpenAI's API" },
        { name: 'stream', description: 'Live speech' },
        { name: 'operation', description: 'For those who run the server' },
      ],
    },
    // Named as they are here, not by number.
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `schema-${index}`),
    },
  });
  for (const schema of [REFUSAL_SCHEMA, ...OPENAI_SCHEMAS]) scope.addSchema(schema);
}

/** `/openapi.json`, and a page at `/docs/` that shows it; nothing of the page comes from another place. */
export async function registerReference(scope: FastifyInstance, basePath: string): Promise<void> {
  scope.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    return reply.header('cache-control', 'no-cache').send(scope.swagger());
  });
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: basePath,
    theme: { title: 'outspoken API' },
    // Without the bar that loads documents from elsewhere.
    uiConfig: { layout: 'BaseLayout', deepLinking: true, tryItOutEnabled: false },
  });
}
