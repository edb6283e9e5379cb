import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = new URL('../../../../tests/fixtures/', import.meta.url);

/** Path of a recording of the tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(name, FIXTURES));
}

/** Writes a file of a length, whatever is in it. */
export function writeBytes(path: string, sizeBytes: number): void {
  writeFileSync(path, Buffer.alloc(sizeBytes, 'sound'));
}
