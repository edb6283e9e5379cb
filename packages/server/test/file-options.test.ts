import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_FILE_OPTIONS, fileOptions } from '../src/session/file-options.ts';

test('fills in the defaults', () => {
  expect(fileOptions({ maximumUploads: 3 })).toEqual({ ...DEFAULT_FILE_OPTIONS, maximumUploads: 3 });
  expect(isAbsolute(fileOptions().spoolFolder)).toBe(true);
});

test.each([
  [{ maximumFileMs: 0 }, 'maximumFileMs must be 1000-86400000, got 0'],
  [{ maximumUploads: Number.NaN }, 'maximumUploads must be 1-10000, got NaN'],
  [{ maximumUploadBytes: 2000, maximumSpoolBytes: 1000 }, 'maximumUploadBytes must be at most maximumSpoolBytes, 1000, got 2000'],
  [{ spoolFolder: 'uploads' }, 'spoolFolder must be an absolute path, got uploads'],
])('refuses %j', (options, message) => {
  expect(() => fileOptions(options)).toThrow(new RangeError(message));
});
