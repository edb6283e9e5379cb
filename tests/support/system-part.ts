import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that a test runs for real and that npm does not bring. */
export interface SystemPart {
  /** What it is called in messages. */
  readonly name: string;
  /** Environment variable with the path of the program, which wins over everything else. */
  readonly variable: string;
  /** Commands to look for on the PATH, best first. */
  readonly commands: readonly string[];
  /** Absolute paths to try where the PATH has none of them. */
  readonly paths: readonly string[];
  /** Its package in Debian and Ubuntu. */
  readonly aptPackage: string;
  /** A way to get it without the system's package manager; returns the path of the program, or nothing. */
  readonly download?: () => string | undefined;
  /** What to tell a person when nothing worked. */
  readonly hint: string;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a system part that is already on this machine. */
function findSystemPart(part: SystemPart): string | undefined {
  const named = process.env[part.variable];
  if (named) {
    if (!isExecutable(named)) {
      throw new Error(`${part.variable} is ${named}, which is not an executable file`);
    }
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = part.commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...onPath, ...part.paths].find(isExecutable);
}

/** Installs a package of Debian or Ubuntu, where we may. */
export function installByApt(aptPackage: string): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    return;
  }
  console.log(`installing ${aptPackage} (apt-get install ${aptPackage})`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env: environment, stdio: 'inherit' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', aptPackage], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/**
 * Finds a system part or installs it: by the system's package manager when we may (root with apt-get), by its own download elsewhere.
 *
 * @throws Error with one line that says what to install by hand.
 */
export function findOrInstallSystemPart(part: SystemPart): string {
  const present = findSystemPart(part);
  if (present) {
    return present;
  }
  installByApt(part.aptPackage);
  const installed = findSystemPart(part) ?? part.download?.();
  if (!installed) {
    throw new Error(`${part.name} is needed: ${part.hint}`);
  }
  return installed;
}
