/** One recording to transcribe. */
export interface Input {
  /** What the person calls it: the path as it was given or found, or `-`. */
  readonly name: string;
  /** Absolute path of the file; undefined for standard input. */
  readonly path: string | undefined;
  /** Whether it can be read once, from front to back, and therefore is spooled first. */
  readonly isPipe: boolean;
  /** Where its result goes below the output folder, without the ending: `2026/monday` for `2026/monday.mp3`. */
  readonly stem: string;
  readonly sizeBytes: number;
}

/** An argument that gave no recording. */
export interface InputFailure {
  readonly name: string;
  readonly error: Error;
}

/** What the arguments of a command line stand for. */
export interface Inputs {
  readonly found: readonly Input[];
  readonly failures: readonly InputFailure[];
}
