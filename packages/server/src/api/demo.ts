import { relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const IMMUTABLE = 'public, max-age=31536000, immutable';
/** The name that Vite gives to what never changes: `name-` and 8 characters of hash. */
const HASHED_ASSET = /^assets\/.+-[\w-]{8}\.\w+(\.\w+)*$/;

/** Serves the built web page, compressed in advance where the build did so. */
export async function registerDemo(scope: FastifyInstance, webRoot: string): Promise<void> {
  await scope.register(fastifyStatic, {
    root: webRoot,
    preCompressed: true,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => setFileHeaders(reply, relative(webRoot, path).split(sep).join('/')),
  });
}

function setFileHeaders(reply: FastifyReply, path: string): void {
  reply.header('cache-control', HASHED_ASSET.test(path) ? IMMUTABLE : 'no-cache');
  if (!path.startsWith('edge/')) return;
  // The SDK is public and there to be embedded by other pages.
  reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
}
