import { expect, test } from 'vitest';
import { EvaluationError } from '../src/evaluation-error.ts';

test('carries a code beside its message and cause', () => {
  const cause = new Error('inner');
  const error = new EvaluationError('manifest_line', 'outer', { cause });
  expect(error).toMatchObject({ name: 'EvaluationError', code: 'manifest_line', message: 'outer', cause });
});
