/** What can be wrong with audio bytes that came from outside. */
export type AudioErrorCode =
  /** PCM bytes that do not hold a whole number of samples. */
  | 'pcm_length'
  /** No RIFF, RF64 or BW64 WAVE header. */
  | 'wav_header'
  /** No complete `fmt ` chunk. */
  | 'wav_format_missing'
  /** A `fmt ` chunk that contradicts itself. */
  | 'wav_format_invalid'
  /** A sound format that this reader does not decode. */
  | 'wav_format_unsupported'
  /** More channels than this reader takes. */
  | 'wav_channels'
  /** No `data` chunk. */
  | 'wav_data_missing';

/** Thrown when audio bytes from outside cannot be read; a wrong argument is a `RangeError` instead. */
export class AudioError extends Error {
  readonly code: AudioErrorCode;

  constructor(code: AudioErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AudioError';
    this.code = code;
  }
}
