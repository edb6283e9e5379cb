/** Bytes of a file, read where they are needed. */
export interface MediaSource {
  readonly sizeBytes: number;
  /** The bytes from `startByte` to before `endByte`; fewer only at the end of the file. */
  read(startByte: number, endByte: number): Promise<Uint8Array>;
}
