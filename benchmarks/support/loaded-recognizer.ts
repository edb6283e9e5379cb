/** A recognizer of any system. */
export interface LoadedRecognizer {
  /** Most clips that one call works on side by side; more are worked on one after the other. */
  readonly maximumBatch: number;
  transcribe(clips: readonly Float32Array[]): Promise<readonly string[]>;
}

/** A recognizer of a system that takes one clip at a time. */
export function oneByOne(transcribe: (samples: Float32Array) => Promise<string>): LoadedRecognizer {
  return {
    maximumBatch: 1,
    transcribe: async (clips) => {
      const texts: string[] = [];
      for (const samples of clips) texts.push(await transcribe(samples));
      return texts;
    },
  };
}
