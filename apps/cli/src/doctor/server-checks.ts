import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Settings } from '@outspoken/server-app';
import { codeOf } from '../cli-error.ts';
import { sizeText } from '../progress/progress-text.ts';
import type { CheckResult } from './check.ts';

/** Whether the server could listen where it is told to. */
export async function checkPort({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<CheckResult> {
  const where = `${host}:${port}`;
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error) ?? 'unknown'));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
  switch (code) {
    case undefined:
      return { id: 'port', state: 'ok', detail: `${where} is free` };
    case 'EADDRINUSE':
      return {
        id: 'port',
        state: 'warning',
        detail: `something listens on ${where} already`,
        advice: 'fine if it is outspoken itself; otherwise stop it, or choose another port with --port or OUTSPOKEN_PORT',
      };
    case 'EACCES':
      return { id: 'port', state: 'warning', detail: `${where} needs more rights`, advice: 'choose a port from 1024 up' };
    default:
      return { id: 'port', state: 'warning', detail: `cannot listen on ${where} (${code})`, advice: 'choose another OUTSPOKEN_HOST' };
  }
}

/** Whether there is a page for people to speak into. */
export async function checkPage({ webRoot }: Pick<Settings, 'webRoot'>): Promise<CheckResult> {
  if (webRoot === 'none') {
    return { id: 'page', state: 'ok', detail: 'the API is served without a page, as told' };
  }
  return existsSync(join(webRoot, 'index.html'))
    ? { id: 'page', state: 'ok', detail: 'the web page is built' }
    : {
        id: 'page',
        state: 'warning',
        detail: 'the web page is not built, only the API is served',
        advice: 'run "npx -y pnpm@10 --filter @outspoken/web build"',
      };
}

/** Whether browsers will give the page a microphone. */
export async function checkMicrophone({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<CheckResult> {
  if (/^(127\.|::1$|localhost$)/.test(host)) {
    return { id: 'microphone', state: 'ok', detail: `browsers on this machine give the microphone to http://localhost:${port}` };
  }
  return {
    id: 'microphone',
    state: 'warning',
    detail: `browsers give no microphone to a page at http://${host}:${port}`,
    advice: 'put a proxy with TLS in front: only https pages and localhost may ask for the microphone',
  };
}

// Room for one upload of the largest size by default, so that the first long recording does not fail.
const COMFORTABLE_BYTES = 2 * 1024 ** 3;

/** Whether uploads have a place to wait. */
export async function checkSpool({ spoolFolder }: Pick<Settings, 'spoolFolder'>): Promise<CheckResult> {
  try {
    const folder = await mkdtemp(join(spoolFolder, 'outspoken-doctor-'));
    try {
      await writeFile(join(folder, 'probe'), 'probe');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const { bavail, bsize } = await statfs(spoolFolder);
    const freeBytes = bavail * bsize;
    const detail = `uploads wait in ${spoolFolder}, ${sizeText(freeBytes)} free`;
    return freeBytes >= COMFORTABLE_BYTES
      ? { id: 'spool', state: 'ok', detail }
      : { id: 'spool', state: 'warning', detail, advice: 'make room, or set OUTSPOKEN_SPOOL_FOLDER to a folder with more' };
  } catch (error) {
    return {
      id: 'spool',
      state: 'problem',
      detail: `uploads cannot wait in ${spoolFolder} (${codeOf(error)})`,
      advice: 'create the folder and let this user write to it, or set OUTSPOKEN_SPOOL_FOLDER to another',
    };
  }
}
