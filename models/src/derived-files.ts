import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from './file-lock.ts';
import { CACHE_VARIABLE, modelCacheFolder } from './model-cache.ts';
import { codeOf } from './system-error.ts';

/** What {@link loadDerivedFiles} is told. */
export interface DerivedFilesOptions<Name extends string> {
  /** Says what the files were computed from and by what: another text is another entry. */
  readonly key: string;
  /** What the entry is for, e.g. `moonshine-tiny-signed`; older entries of the same purpose are removed once a new one is kept. */
  readonly purpose: string;
  readonly names: readonly Name[];
  /** Computes the files; called only if they are not there. */
  readonly build: () => Readonly<Record<Name, Uint8Array>>;
  /** @defaultValue {@link modelCacheFolder} */
  readonly cacheFolder?: string;
  readonly onEvent?: (event: DerivedFilesEvent) => void;
}

/** What happens on the way: `not_kept` means that the next start has to build again; its reason says what to do. */
export type DerivedFilesEvent =
  | { readonly type: 'building' }
  | { readonly type: 'waiting' }
  | { readonly type: 'damaged' }
  | { readonly type: 'not_kept'; readonly reason: string };

/** The files and where they are from: the cache, built and kept, or built and only in memory. */
export interface DerivedFiles<Name extends string> {
  readonly files: Readonly<Record<Name, Uint8Array>>;
  readonly from: 'cache' | 'built' | 'memory';
}

const HASH_DIGITS = 16;
const RECORD = 'record.json';
const POLL_MS = 50;
// Building takes a second; whoever holds the lock for so long is stuck.
const MAXIMUM_WAIT_MS = 20_000;

/**
 * Files that were computed from pinned ones, computed once and kept in the cache folder. Every load verifies the SHA-256 of the very
 * buffers that it returns. Several processes at once build once. A disk that cannot be written to costs only the keeping.
 */
export async function loadDerivedFiles<Name extends string>(options: DerivedFilesOptions<Name>): Promise<DerivedFiles<Name>> {
  const folder = join(options.cacheFolder ?? modelCacheFolder(), 'derived', options.purpose);
  const entry = join(folder, sha256(options.key).slice(0, HASH_DIGITS));
  const kept = await readEntry(entry, options);
  if (kept) return { files: kept, from: 'cache' };
  let built: Readonly<Record<Name, Uint8Array>> | undefined;
  // What a disk does not take is not built a second time.
  const build = () => {
    if (!built) options.onEvent?.({ type: 'building' });
    built ??= options.build();
    return built;
  };
  try {
    await mkdir(folder, { recursive: true });
    return await buildUnderLock(folder, entry, { ...options, build });
  } catch (error) {
    // What the builder throws is no fault of the disk.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const reason = `${folder} cannot be written to (${codeOf(error)}); set ${CACHE_VARIABLE} to a folder that can, or they are built at every start`;
    options.onEvent?.({ type: 'not_kept', reason });
    return { files: build(), from: 'memory' };
  }
}

async function buildUnderLock<Name extends string>(
  folder: string,
  entry: string,
  options: DerivedFilesOptions<Name>,
): Promise<DerivedFiles<Name>> {
  for (let waitedMs = 0; waitedMs <= MAXIMUM_WAIT_MS; waitedMs += POLL_MS) {
    await using lock = await tryLock(`${entry}.lock`);
    if (lock) {
      // Whoever had the lock before may have built it. What is damaged was told before.
      const kept = await readEntry(entry, { names: options.names });
      if (kept) return { files: kept, from: 'cache' };
      const files = options.build();
      await writeEntry(entry, files);
      // What is new is kept, whatever becomes of what is old.
      await sweep(folder, entry).catch(() => {});
      return { files, from: 'built' };
    }
    if (waitedMs === 0) options.onEvent?.({ type: 'waiting' });
    await sleep(POLL_MS);
  }
  options.onEvent?.({
    type: 'not_kept',
    reason: `another process has held ${entry}.lock for too long; delete it if there is no such process`,
  });
  return { files: options.build(), from: 'memory' };
}

/** The files of an entry whose hashes are those of its record; undefined when there is none or it is damaged. */
async function readEntry<Name extends string>(
  entry: string,
  { names, onEvent }: Pick<DerivedFilesOptions<Name>, 'names' | 'onEvent'>,
): Promise<Readonly<Record<Name, Uint8Array>> | undefined> {
  let record: unknown;
  try {
    record = JSON.parse(await readFile(join(entry, RECORD), 'utf8'));
  } catch (error) {
    if (codeOf(error) === undefined) onEvent?.({ type: 'damaged' });
    return undefined;
  }
  const hashes = typeof record === 'object' && record !== null ? (record as Readonly<Record<string, unknown>>) : {};
  try {
    const files = await Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(entry, name));
        if (sha256(bytes) !== hashes[name]) throw new Error(`${name} is damaged`);
        return [name, bytes] as const;
      }),
    );
    // One entry for each name.
    return Object.fromEntries(files) as unknown as Record<Name, Uint8Array>;
  } catch {
    // A file that is missing is as bad as one that is damaged: both are built again.
    onEvent?.({ type: 'damaged' });
    return undefined;
  }
}

/** Writes an entry beside its place and moves it there whole, so that there never is a part of one. */
async function writeEntry(entry: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const temporary = `${entry}.${process.pid}.tmp`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(temporary, name), bytes);
    const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
    await writeFile(join(temporary, RECORD), `${JSON.stringify(hashes, null, 2)}\n`);
    await rm(entry, { recursive: true, force: true });
    await rename(temporary, entry);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what older programs kept for the same purpose. */
async function sweep(folder: string, entry: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!path.startsWith(entry) && !name.endsWith('.lock') && !name.endsWith('.tmp')) await rm(path, { recursive: true, force: true });
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
