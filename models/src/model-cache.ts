import { homedir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import type { HubFile } from './manifest.ts';

/** Environment variable that moves the cache folder. */
export const CACHE_VARIABLE = 'OUTSPOKEN_CACHE';

/** What the place of the cache folder depends on. */
export interface CacheSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
}

/**
 * The folder that keeps what was downloaded: `OUTSPOKEN_CACHE`, or `outspoken` in the platform's own folder for caches.
 *
 * A relative `OUTSPOKEN_CACHE` starts where the person stood; a relative `XDG_CACHE_HOME` is ignored, as its specification asks.
 */
export function modelCacheFolder(
  surroundings: CacheSurroundings = { environment: process.env, platform: process.platform, homeFolder: homedir() },
): string {
  const { environment, platform, homeFolder } = surroundings;
  const given = environment[CACHE_VARIABLE];
  if (given) {
    return resolve(environment['INIT_CWD'] ?? '', given);
  }
  switch (platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] || join(homeFolder, 'AppData', 'Local'), 'outspoken', 'cache');
    case 'darwin':
      return join(homeFolder, 'Library', 'Caches', 'outspoken');
    default: {
      const base = environment['XDG_CACHE_HOME'];
      return join(base?.startsWith('/') ? base : join(homeFolder, '.cache'), 'outspoken');
    }
  }
}

// Enough of the hash that two files never meet, short enough for the path limits of Windows.
const HASH_DIGITS = 16;

/** Where a file lies once it is downloaded: by its content, so that two versions of the program never fight over one name. */
export function cachedFilePath(file: HubFile, cacheFolder: string = modelCacheFolder()): string {
  return join(cacheFolder, 'models', file.sha256.slice(0, HASH_DIGITS), posix.basename(new URL(file.url).pathname));
}
