import { expect, test } from 'vitest';
import { startFileServer } from './support/file-server.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Record<string, unknown> }> };
  readonly responses: Record<string, { readonly description?: string; readonly content?: Record<string, { readonly schema?: object }> }>;
}

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

async function documentOf(basePath = ''): Promise<OpenApi> {
  const { base } = await startFileServer({ basePath });
  const response = await fetch(`${base}/openapi.json`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  return (await response.json()) as OpenApi;
}

/** Every object in a document, with its path. */
function* objectsIn(value: unknown, path = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

const operationsOf = (document: OpenApi): [string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  );

test('describes every address of the API, and nothing of the page', async () => {
  const document = await documentOf();
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(
    operationsOf(document)
      .map(([name]) => name)
      .sort(),
  ).toEqual([
    'GET /healthz',
    'GET /metrics',
    'GET /readyz',
    'GET /v1/models',
    'GET /v1/models/{id}',
    'GET /v1/stream',
    'POST /v1/audio/transcriptions',
    'POST /v1/audio/translations',
    'POST /v1/sessions',
  ]);
});

test('is a sound document: references resolve, ids are unique, every answer and schema is described', async () => {
  const document = await documentOf();
  const byPath = new Map(objectsIn(document));
  const references = [...byPath.values()].flatMap(({ $ref }) => ($ref === undefined ? [] : [String($ref)]));
  expect(references.length).toBeGreaterThan(20);
  expect(references.filter((reference) => !byPath.has(reference))).toEqual([]);
  const operations = operationsOf(document);
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(operations.length);
  const tags = document.tags.map(({ name }) => name);
  for (const [name, operation] of operations) {
    expect(operation.operationId, name).toMatch(/^[a-z]\w+$/);
    expect(operation.summary, name).toBeTruthy();
    expect(tags, name).toContain(operation.tags?.[0]);
    expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
    for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^[1-5]\d\d$/);
      expect(description, `${name} ${status}`).toBeTruthy();
      for (const [type, { schema }] of Object.entries(content)) expect(schema, `${name} ${status} ${type}`).toBeTypeOf('object');
    }
  }
  const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
  for (const [path, { type }] of objectsIn(document.components.schemas)) {
    if (typeof type === 'string' && !path.endsWith('/properties')) expect(TYPES, path).toContain(type);
  }
  for (const [path] of Object.entries(document.paths)) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [] } of Object.values(document.paths[path] ?? {})) {
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(wanted);
      expect(parameters.every(({ required, schema }) => required === true && schema !== undefined)).toBe(true);
    }
  }
});

test('shows the form and every variant of the answer', async () => {
  const document = await documentOf();
  const operation = document.paths['/v1/audio/transcriptions']?.['post'];
  const form = operation?.requestBody?.content['multipart/form-data']?.schema as { required: string[]; properties: Record<string, object> };
  expect(form.required).toEqual(['file', 'model']);
  expect(Object.keys(form.properties)).toEqual(
    expect.arrayContaining(['file', 'model', 'language', 'response_format', 'stream', 'timestamp_granularities[]', 'include[]']),
  );
  expect(form.properties['response_format']).toMatchObject({ enum: ['json', 'text', 'srt', 'verbose_json', 'vtt'] });
  expect(Object.keys(operation?.responses['200']?.content ?? {})).toEqual([
    'application/json',
    'text/plain',
    'application/x-subrip',
    'text/vtt',
    'text/event-stream',
  ]);
  for (const status of ['400', '403', '404', '408', '413', '415', '422', '500', '503']) {
    expect(operation?.responses[status]?.content?.['application/json']?.schema, status).toEqual({
      $ref: '#/components/schemas/OpenAIError',
    });
  }
});

test('under a base path the addresses are those below it', async () => {
  const document = await documentOf('/speech');
  expect(document.servers).toEqual([{ url: '/speech', description: 'This server' }]);
  expect(Object.keys(document.paths)).toContain('/v1/audio/transcriptions');
});

test.each(['', '/speech'])(
  'the page of the reference is whole under %j, with and without a slash, and loads nothing from elsewhere',
  async (basePath) => {
    const { base, port } = await startFileServer({ basePath });
    for (const address of ['/docs', '/docs/']) {
      const response = await fetch(`${base}${address}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline');
      const html = await response.text();
      const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => new URL(source, response.url));
      expect(sources.length).toBeGreaterThan(5);
      for (const source of sources) {
        expect(source.host).toBe(`127.0.0.1:${port}`);
        expect((await fetch(source)).status, source.pathname).toBe(200);
      }
    }
    expect((await (await fetch(`${base}/docs/json`)).json()) as object).toHaveProperty('paths');
  },
);
