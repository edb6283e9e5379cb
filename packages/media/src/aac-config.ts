import { MediaError } from './media-error.ts';

/** How an AAC-LC stream is written: what an ADTS header needs to say. */
export interface AacConfig {
  /** Index in {@link AAC_RATES_HZ}. */
  readonly rateIndex: number;
  /** 1 to 7: 1 to 6 channels, and 8. */
  readonly channelConfig: number;
}

/** Samples of one channel in an AAC-LC packet. */
export const AAC_PACKET_SAMPLES = 1024;

/** Hertz by index (ISO 14496-3, table 1.18). */
export const AAC_RATES_HZ: readonly number[] = Object.freeze([
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
]);

const LOW_COMPLEXITY = 2;
const SBR = 5;
const PARAMETRIC_STEREO = 29;
const EXPLICIT_RATE = 15;

/**
 * Reads an AudioSpecificConfig (ISO 14496-3, 1.6.2.1). Of HE-AAC the core is described, which is AAC-LC at its own, lower rate: it has
 * the right length and all that matters of speech.
 *
 * @throws MediaError `unsupported_media` if the core is not AAC-LC with 1024 samples a packet and a plain set of channels.
 */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  let position = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (const end = position + count; position < end; position++) {
      value = value * 2 + (((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1);
    }
    return value;
  };
  const objectType = (): number => {
    const type = bits(5);
    return type === 31 ? 32 + bits(6) : type;
  };
  const rateIndexOf = (): number => {
    const index = bits(4);
    return index === EXPLICIT_RATE ? AAC_RATES_HZ.indexOf(bits(24)) : index;
  };
  let type = objectType();
  const rateIndex = rateIndexOf();
  const channelConfig = bits(4);
  if (type === SBR || type === PARAMETRIC_STEREO) {
    rateIndexOf();
    type = objectType();
  }
  const isShortFrame = bits(1) === 1;
  if (type !== LOW_COMPLEXITY || isShortFrame) {
    throw new MediaError('unsupported_media', 'of AAC only the profiles LC and HE can be decoded; convert the file to AAC-LC, MP3 or Opus');
  }
  return checkAacConfig({ rateIndex, channelConfig });
}

/** @throws MediaError `unsupported_media` if the rate or the channels are none that the decoder takes. */
export function checkAacConfig(config: AacConfig): AacConfig {
  if (AAC_RATES_HZ[config.rateIndex] === undefined) {
    throw new MediaError('unsupported_media', 'AAC of an unusual rate cannot be decoded; convert the file to 44100 or 48000 Hz');
  }
  if (config.channelConfig !== 1 && config.channelConfig !== 2) {
    throw new MediaError('unsupported_media', 'AAC of more than 2 channels cannot be decoded; convert the file to stereo or mono');
  }
  return config;
}
