import { expect, test } from 'vitest';
import { storageError } from '../src/api/upload/upload-error.ts';

test.each([
  ['ENOSPC', 'spool_full'],
  ['EDQUOT', 'spool_full'],
  ['EACCES', 'spool_failed'],
  ['EROFS', 'spool_failed'],
])('a disk that says %s is %s', (code, expected) => {
  const cause = Object.assign(new Error('no'), { code });
  expect(storageError(cause)).toMatchObject({ code: expected, cause });
});
