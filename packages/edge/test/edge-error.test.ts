import { expect, test } from 'vitest';
import { EDGE_ERROR_GUIDE, EdgeError, type EdgeErrorCode } from '../src/edge-error.ts';

test('carries advice and recoverability of its code', () => {
  const error = new EdgeError('permission_denied', 'blocked');
  expect(error).toMatchObject({ name: 'EdgeError', code: 'permission_denied', isRecoverable: true });
  expect(error.advice).toMatch(/site settings/);
});

test('survives the way between threads as plain data', () => {
  for (const code of Object.keys(EDGE_ERROR_GUIDE) as EdgeErrorCode[]) {
    const error = new EdgeError(code, 'what happened', { causeCode: 'NotFoundError', cause: new Error('deep') });
    const back = EdgeError.fromDetail(structuredClone(error.toDetail()));
    expect(back.toDetail()).toEqual(error.toDetail());
  }
});

test('leaves out a cause code that is not there', () => {
  expect(new EdgeError('closed', 'gone').toDetail()).not.toHaveProperty('causeCode');
});
