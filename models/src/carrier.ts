import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ModelError } from './model-error.ts';

/**
 * Finds a file inside an installed npm package.
 *
 * A carrier may export nothing but its main script, so the package folder is found from that script upwards.
 *
 * @returns The absolute path; the file itself may be missing.
 * @throws {@link ModelError} `carrier_missing` when the package is not installed.
 */
export function carrierFilePath(carrier: string, path: string): string {
  let folder: URL;
  try {
    folder = new URL('./', import.meta.resolve(carrier));
  } catch (cause) {
    throw new ModelError('carrier_missing', `package ${carrier} is not installed, run pnpm install`, { file: path, cause });
  }
  while (packageName(folder) !== carrier) {
    const parent = new URL('../', folder);
    if (parent.href === folder.href) {
      throw new ModelError('carrier_missing', `the folder of package ${carrier} was not found`, { file: path });
    }
    folder = parent;
  }
  return fileURLToPath(new URL(path, folder));
}

function packageName(folder: URL): unknown {
  let text: string;
  try {
    text = readFileSync(new URL('package.json', folder), 'utf8');
  } catch {
    // Most folders on the way up hold no package.json: look further up.
    return undefined;
  }
  return JSON.parse(text).name;
}
