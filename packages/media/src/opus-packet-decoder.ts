import { OpusDecoder } from 'opus-decoder';
import { withoutConsole } from './console-guard.ts';
import { MONO_RATE_HZ } from './mono-stream.ts';
import { type OpusHead, opusPacketSamples } from './opus-head.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import type { PacketTally } from './packet-tally.ts';
import { type SoundBlock, silence } from './sound-block.ts';

/** Rate of Opus's own clock, in hertz. */
export const OPUS_CLOCK_HZ = 48_000;

/**
 * Decodes Opus packets with libopus, at 16 kHz at once: that is what its speech part works at, and nothing is resampled.
 * A packet that cannot be decoded becomes silence of the same length. The pre-skip is left in.
 *
 * @param tally - Told of each packet.
 */
export async function createOpusPacketDecoder(head: OpusHead, tally: PacketTally): Promise<PacketDecoder> {
  const decoder = new OpusDecoder({
    sampleRate: MONO_RATE_HZ,
    channels: head.channelCount,
    streamCount: head.streamCount,
    coupledStreamCount: head.coupledStreamCount,
    channelMappingTable: [...head.mapping],
  });
  await decoder.ready;
  let isClosed = false;

  function decodePacket(packet: Uint8Array): SoundBlock | undefined {
    const clockSamples = opusPacketSamples(packet);
    if (clockSamples === undefined) {
      tally.bad();
      return undefined;
    }
    try {
      const { channelData } = withoutConsole(() => decoder.decodeFrame(packet));
      tally.good();
      const channels = head.gainRatio === 1 ? channelData : channelData.map((channel) => channel.map((sample) => sample * head.gainRatio));
      return { sampleRateHz: MONO_RATE_HZ, channels };
    } catch {
      tally.bad();
      return silence(head.channelCount, MONO_RATE_HZ, (clockSamples * MONO_RATE_HZ) / OPUS_CLOCK_HZ);
    }
  }

  return {
    decode: async (packet) => decodePacket(packet),
    flush: async () => undefined,
    close() {
      if (!isClosed) decoder.free();
      isClosed = true;
    },
  };
}
