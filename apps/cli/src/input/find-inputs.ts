import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { MEDIA_FORMATS } from '@outspoken/media/formats';
import { glob, isDynamicPattern } from 'tinyglobby';
import { CliError, codeOf } from '../cli-error.ts';
import type { Input, InputFailure, Inputs } from './input.ts';

/** Options of {@link findInputs}. */
export interface FindInputsOptions {
  /** Folder that relative paths start from; absolute. */
  readonly folder: string;
  /** Whether a folder stands for the files of its subfolders as well. */
  readonly isRecursive: boolean;
  readonly platform?: NodeJS.Platform;
}

// EINVAL: Windows allows no wildcard in a name.
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'EINVAL']);

/** The argument that stands for standard input. */
const STANDARD_INPUT = '-';

// The endings of files that can be decoded, without the dot.
const EXTENSIONS = new Set(Object.values(MEDIA_FORMATS).flatMap(({ extensions }) => extensions));

/**
 * Finds the files behind file names, folders and patterns, each file once, in the order of the arguments and by name within
 * one. A pattern counts as one only when there is no file of that very name.
 */
export async function findInputs(names: readonly string[], options: FindInputsOptions): Promise<Inputs> {
  const found: Input[] = [];
  const failures: InputFailure[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    try {
      for (const input of await findBehind(name, options)) {
        // A pipe has no other name: what it is called elsewhere is no path.
        const identity = input.path === undefined || input.isPipe ? input.name : await realpath(input.path);
        if (!seen.has(identity)) {
          seen.add(identity);
          found.push(input);
        }
      }
    } catch (error) {
      failures.push({ name, error: describe(error) });
    }
  }
  return { found, failures };
}

async function findBehind(name: string, options: FindInputsOptions): Promise<readonly Input[]> {
  if (name === STANDARD_INPUT) {
    return [{ name, path: undefined, isPipe: true, stem: 'stdin', sizeBytes: 0 }];
  }
  if (name === '') {
    // What an unset variable of a script leaves; as a path it would be the whole folder.
    throw new CliError('input_missing', 'a name is empty, check the variable that it comes from');
  }
  const path = resolve(options.folder, name);
  const entry = await stat(path).catch((error: unknown) => {
    if (NOT_THERE.has(codeOf(error) ?? '')) {
      return undefined;
    }
    throw error;
  });
  if (entry?.isDirectory()) {
    return filesUnder(path, name, options.isRecursive ? '**/*' : '*');
  }
  if (entry) {
    await access(path, constants.R_OK);
    const isPipe = !entry.isFile();
    return [{ name, path, isPipe, stem: stemOf(basename(path)), sizeBytes: isPipe ? 0 : entry.size }];
  }
  const pattern = (options.platform ?? process.platform) === 'win32' ? name.replaceAll('\\', '/') : name;
  if (isDynamicPattern(pattern)) {
    return filesMatching(pattern, options.folder);
  }
  throw new CliError('input_missing', 'there is no such file or folder, check the path');
}

async function filesUnder(folder: string, name: string, pattern: string): Promise<readonly Input[]> {
  const inputs = await describeFiles(
    folder,
    await glob(pattern, { cwd: folder, expandDirectories: false }),
    (file) => join(name, file),
    '',
  );
  if (inputs.length === 0) {
    const hint = pattern === '*' ? ', try --recursive' : '';
    throw new CliError('input_missing', `the folder holds no file that ends in ${[...EXTENSIONS].sort().join(', ')}${hint}`);
  }
  return inputs;
}

async function filesMatching(pattern: string, folder: string): Promise<readonly Input[]> {
  const base = staticBaseOf(pattern);
  const files = await glob(pattern, { cwd: folder, expandDirectories: false, absolute: isAbsolute(pattern) });
  const inputs = await describeFiles(folder, files, (file) => file, base);
  if (inputs.length === 0) {
    throw new CliError('input_missing', 'no sound file matches it, check the pattern');
  }
  return inputs;
}

async function describeFiles(folder: string, files: readonly string[], nameOf: (file: string) => string, base: string): Promise<Input[]> {
  const sound = files.filter((file) => EXTENSIONS.has(extname(file).slice(1).toLowerCase())).sort(byName);
  const inputs: Input[] = [];
  for (const file of sound) {
    const path = resolve(folder, file);
    const stem = stemOf(relative(resolve(folder, base), path));
    inputs.push({ name: nameOf(file), path, isPipe: false, stem, sizeBytes: (await stat(path)).size });
  }
  return inputs;
}

/** `9.wav` before `10.wav`. */
function byName(first: string, second: string): number {
  return first.localeCompare(second, 'en', { numeric: true }) || (first < second ? -1 : 1);
}

/** The folders of a pattern that hold no wildcard. */
function staticBaseOf(pattern: string): string {
  const folders = pattern.split('/').slice(0, -1);
  const firstDynamic = folders.findIndex((part) => isDynamicPattern(part));
  return (firstDynamic === -1 ? folders : folders.slice(0, firstDynamic)).join('/') || (pattern.startsWith('/') ? '/' : '');
}

/** The path without its ending. */
function stemOf(path: string): string {
  const { dir, name } = parse(path);
  return dir === '' ? name : `${dir}${sep}${name}`;
}

function describe(error: unknown): Error {
  if (error instanceof CliError) {
    return error;
  }
  const reason = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
  return new CliError('input_unreadable', `it cannot be read (${reason}), check its permissions`, { cause: error });
}
