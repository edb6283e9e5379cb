import { type AudioFrame, type ClientMessage, encodeAudioFrame, type HelloMessage, type StartMessage } from '@outspoken/protocol';

/** Ids that are easy to tell apart; valid UUIDs. */
export function clipId(number: number): string {
  return `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** Samples that a 16-bit integer holds exactly, different for each seed. */
export function tone(lengthSamples: number, seed = 1): Float32Array {
  return Float32Array.from({ length: lengthSamples }, (_, i) => (((i * 31 + seed * 977) % 2048) - 1024) / 32768);
}

export const HELLO: HelloMessage = {
  type: 'hello',
  protocol: 'asr.v1',
  sdk: { name: 'test', version: '1' },
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  clipPolicyId: `sha256:${'a'.repeat(64)}`,
  wantsInterims: false,
  edgeTimeMs: 0,
};

export function start(number: number, more: Partial<StartMessage> = {}): StartMessage {
  return { type: 'start', clipId: clipId(number), sequence: number, startMs: 1000 * number, preRollMs: 500, ...more };
}

export function end(number: number, lengthSamples: number): ClientMessage & { type: 'end' } {
  const evidence = { voicedMs: 500, peakProbability: 0.9, meanProbability: 0.7 };
  return { type: 'end', clipId: clipId(number), lengthSamples, reason: 'silence', continues: false, evidence, levelDbfs: -30 };
}

export function pcm(samples: Float32Array, encoding: AudioFrame['encoding'] = 'pcm_s16le'): Uint8Array {
  if (encoding === 'pcm_f32le') return new Uint8Array(Float32Array.from(samples).buffer);
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32768)).buffer);
}

export function frame(number: number, samples: Float32Array, more: Partial<AudioFrame> = {}): AudioFrame {
  const encoding = more.encoding ?? 'pcm_s16le';
  return {
    clipId: clipId(number),
    encoding,
    chunkSequence: 0,
    offsetSamples: 0,
    sampleRateHz: 16_000,
    payload: pcm(samples, encoding),
    sampleCount: samples.length,
    ...more,
  };
}

/** The same frame as it goes over a socket. */
export function frameBytes(number: number, samples: Float32Array, more: Partial<AudioFrame> = {}): Uint8Array {
  const { payload, ...header } = frame(number, samples, more);
  return encodeAudioFrame(header, payload);
}
