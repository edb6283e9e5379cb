/** What a file says about its audio. */
export interface MediaDescription {
  /** Id of the container, a key of `MEDIA_FORMATS`. */
  readonly container: string;
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Length that the file states, in milliseconds, if it does. */
  readonly statedDurationMs: number | undefined;
}
