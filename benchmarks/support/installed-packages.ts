import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** A package that an installation for production holds. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** True for a package of this repository. */
  readonly isOurs: boolean;
  /** Apparent size of its files, packages inside it left out. */
  readonly sizeBytes: number;
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Everything that the production dependencies of some packages need, each once, the largest first.
 *
 * Walks the links that pnpm has laid. Optional dependencies for other platforms are not there and not counted.
 *
 * @param root - Folder of the workspace.
 * @param packages - Folders of the packages to start from, relative to it.
 * @throws Error when a dependency is not installed.
 */
export function findInstalledPackages(root: string, packages: readonly string[]): InstalledPackage[] {
  const removed = readRemovedDependencies(root);
  const found = new Map<string, InstalledPackage>();
  const waiting = packages.map((folder) => realpathSync(join(root, folder)));
  for (const folder of waiting) {
    if (found.has(folder)) {
      continue;
    }
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;
    const { name, version, dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
    found.set(folder, { name, version, isOurs: !folder.includes('node_modules'), sizeBytes: sizeOf(folder, 'node_modules') });
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const target = resolveLink(folder, name, dependency);
      const isRequired = Object.hasOwn(dependencies, dependency) && !Object.hasOwn(optionalDependencies, dependency);
      if (target) {
        waiting.push(target);
      } else if (isRequired && !removed.has(`${name}>${dependency}`)) {
        throw new Error(`${dependency}, which ${name} needs, is not installed: run npx -y pnpm@10 install`);
      }
    }
  }
  return [...found.values()].sort((a, b) => b.sizeBytes - a.sizeBytes);
}

/** Apparent size of the files under a folder, in bytes; links are not followed, and folders with this name not entered. */
export function sizeOf(folder: string, leftOut?: string): number {
  let sizeBytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== leftOut) {
      sizeBytes += sizeOf(path, leftOut);
    } else if (entry.isFile()) {
      sizeBytes += lstatSync(path).size;
    }
  }
  return sizeBytes;
}

/** Dependencies that the workspace cuts off: `package>dependency: '-'` under `overrides`. */
function readRemovedDependencies(root: string): Set<string> {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  return new Set([...workspace.matchAll(/^ +'?([^'\s>]+>[^'\s:]+)'?: '-'$/gm)].map(([, path]) => path ?? ''));
}

/** Beside the package or inside it, no further up: there lie links that Node would find and that the package does not own. */
function resolveLink(folder: string, name: string, dependency: string): string | undefined {
  const beside = folder.endsWith(join('node_modules', name)) ? [folder.slice(0, -name.length)] : [];
  return [...beside, join(folder, 'node_modules')]
    .map((links) => join(links, dependency))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path))[0];
}
