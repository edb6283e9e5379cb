import { expect, test } from 'vitest';
import { workerEnvironment } from '../src/child-environment.ts';

test('hands the environment on, with an allocator that gives memory back', () => {
  expect(workerEnvironment({ PATH: '/bin' })).toEqual({
    PATH: '/bin',
    MALLOC_MMAP_THRESHOLD_: '1000000',
    MALLOC_TRIM_THRESHOLD_: '1000000',
  });
});

test('leaves an allocator alone that somebody has set up', () => {
  expect(workerEnvironment({ MALLOC_TRIM_THRESHOLD_: '5' })).toMatchObject({ MALLOC_TRIM_THRESHOLD_: '5' });
});
