/** Decoded sound, as the file has it. */
export interface SoundBlock {
  /** At least one array; all of one length. */
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** Length of a block in samples of one channel. */
export function lengthOf(block: SoundBlock): number {
  return block.channels[0]?.length ?? 0;
}

/** The samples from `start` to before `end`, as views. */
export function cropped(block: SoundBlock, start: number, end = lengthOf(block)): SoundBlock {
  return { sampleRateHz: block.sampleRateHz, channels: block.channels.map((channel) => channel.subarray(start, Math.max(start, end))) };
}

/** Silence in the place of sound that cannot be decoded, so that what follows keeps its time. */
export function silence(channelCount: number, sampleRateHz: number, lengthSamples: number): SoundBlock {
  // The channels are only read, so one array serves them all.
  const channel = new Float32Array(lengthSamples);
  return { sampleRateHz, channels: Array.from({ length: channelCount }, () => channel) };
}

/** Puts blocks of one shape into one. */
export function joined(blocks: readonly SoundBlock[]): SoundBlock | undefined {
  const [first] = blocks;
  if (first === undefined || blocks.length === 1) return first;
  const total = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  const channels = first.channels.map((_, index) => {
    const samples = new Float32Array(total);
    let offset = 0;
    for (const block of blocks) {
      samples.set(block.channels[index] ?? new Float32Array(0), offset);
      offset += lengthOf(block);
    }
    return samples;
  });
  return { sampleRateHz: first.sampleRateHz, channels };
}
