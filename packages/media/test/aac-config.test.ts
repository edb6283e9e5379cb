import { expect, test } from 'vitest';
import { AAC_RATES_HZ, checkAacConfig, parseAacConfig } from '../src/aac-config.ts';

const config = (hex: string) => parseAacConfig(new Uint8Array(Buffer.from(hex, 'hex')));

// What encoders write (ISO 14496-3, 1.6.2.1), bit by bit: type 5, rate 4, channels 4, then the extension.
test.each([
  ['LC, 44.1 kHz, stereo', '1210', 44_100, 2],
  ['LC, 48 kHz, stereo', '1190', 48_000, 2],
  ['LC, 8 kHz, mono', '1588', 8000, 1],
  ['LC, 16 kHz mono, its rate written out', '1780 1f40 08', 16_000, 1],
  ['LC with SBR announced behind it', '1310 56e5 98', 24_000, 2],
  ['HE-AAC of 24 kHz to 48 kHz', '2b11 8800', 24_000, 2],
  ['HE-AAC v2 of 24 kHz to 48 kHz', 'eb09 8800', 24_000, 1],
])('%s', (_, hex, rateHz, channelConfig) => {
  const { rateIndex, ...rest } = config(hex.replaceAll(' ', ''));
  expect(AAC_RATES_HZ[rateIndex]).toBe(rateHz);
  expect(rest.channelConfig).toBe(channelConfig);
});

test.each([
  ['nothing', ''],
  ['AAC Main', '0a10'],
  ['AAC-LD, whose type takes 6 bits more', 'f8e8 5000'],
  ['packets of 960 samples', '1214'],
  ['six channels', '1230'],
  ['channels that only a program element tells', '1200'],
  ['a reserved rate', '1690'],
  ['a rate that is in no table', '1780 2710 08'],
])('%s cannot be decoded', (_, hex) => {
  expect(() => config(hex.replaceAll(' ', ''))).toThrow(expect.objectContaining({ code: 'unsupported_media' }));
});

test('a configuration is checked wherever it comes from', () => {
  expect(checkAacConfig({ rateIndex: 12, channelConfig: 1 })).toEqual({ rateIndex: 12, channelConfig: 1 });
  expect(() => checkAacConfig({ rateIndex: 13, channelConfig: 1 })).toThrow('rate');
  expect(() => checkAacConfig({ rateIndex: -1, channelConfig: 1 })).toThrow('rate');
  expect(() => checkAacConfig({ rateIndex: 4, channelConfig: 7 })).toThrow('more than 2 channels');
});
