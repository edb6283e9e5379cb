import { MediaError } from './media-error.ts';

/** Most channels that are mixed to one: 7.1 sound. */
const MAX_CHANNELS = 8;
/** Rates that the resampler takes, in hertz. */
const MIN_RATE_HZ = 8000;
const MAX_RATE_HZ = 192_000;

/** @throws MediaError `media_too_complex` if a recording of this shape is not decoded. */
export function checkShape(channelCount: number, sampleRateHz: number): void {
  if (!Number.isInteger(channelCount) || channelCount < 1 || channelCount > MAX_CHANNELS) {
    throw new MediaError('media_too_complex', `audio must have 1 to ${MAX_CHANNELS} channels, got ${channelCount}`);
  }
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < MIN_RATE_HZ || sampleRateHz > MAX_RATE_HZ) {
    throw new MediaError('media_too_complex', `sample rate must be ${MIN_RATE_HZ} to ${MAX_RATE_HZ} Hz, got ${sampleRateHz}`);
  }
}
