import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LicenseFields } from './license.ts';

type Names = Readonly<Record<string, unknown>>;

interface Manifest extends LicenseFields {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package as it lies on the disk. */
export interface InstalledPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What packages need at run time, as it is installed. */
export interface InstalledGraph {
  /** The packages asked for and all that they need, each once. */
  readonly packages: readonly InstalledPackage[];
  /** What is declared, but not there: `who>what`. */
  readonly missing: readonly string[];
}

const COMPILED_NAME = /\.(node|wasm|dll|dylib|so(\.\d+)*)$/;
const SCRIPT_NAME = /\.[cm]?js$/;

/**
 * Follows dependencies as Node would find them, from the given folders on.
 *
 * @param removed - Dependencies that the workspace takes away, `who>what`.
 */
export function installedGraph(folders: readonly string[], removed: ReadonlySet<string>): InstalledGraph {
  const packages = new Map<string, InstalledPackage>();
  const missing: string[] = [];
  const waiting = folders.map((folder) => realpathSync(folder));
  for (const folder of waiting) {
    if (packages.has(folder)) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    packages.set(folder, { folder, manifest });
    for (const name of neededNames(manifest)) {
      const edge = `${manifest.name}>${name}`;
      const found = removed.has(edge) ? undefined : resolvePackage(folder, name);
      if (found) waiting.push(found);
      else if (!removed.has(edge) && !manifest.optionalDependencies?.[name]) missing.push(edge);
    }
  }
  return { packages: [...packages.values()], missing };
}

function neededNames({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Manifest): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])];
}

function resolvePackage(fromFolder: string, name: string): string | undefined {
  const folder = join(fromFolder, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  const parent = dirname(fromFolder);
  return parent === fromFolder ? undefined : resolvePackage(parent, name);
}

/** Whether a package ships machine code or WebAssembly: then its `package.json` need not tell the licence of all that is in it. */
export function hasCompiledCode({ folder }: InstalledPackage): boolean {
  return filesOf(folder).some((path) => {
    return COMPILED_NAME.test(path) || (SCRIPT_NAME.test(path) && /\bWebAssembly\s*\./.test(readFileSync(path, 'utf8')));
  });
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
    return entry.isFile() ? [path] : [];
  });
}
