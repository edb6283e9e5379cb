import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { carrierFilePath } from '../src/carrier.ts';

test('finds a file beside the only script that a carrier exports', () => {
  expect(existsSync(carrierFilePath('@moonshine-ai/moonshine-js', 'package.json'))).toBe(true);
  expect(existsSync(carrierFilePath('@moonshine-ai/moonshine-js', 'dist/model/tiny/quantized/encoder_model.onnx'))).toBe(true);
});

test('says that a carrier is not installed', () => {
  expect(() => carrierFilePath('@outspoken/no-such-carrier', 'file.onnx')).toThrow(
    expect.objectContaining({ name: 'ModelError', code: 'carrier_missing', file: 'file.onnx' }),
  );
});
