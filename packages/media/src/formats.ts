/** A kind of file, and what it is called outside. */
export interface MediaFormat {
  readonly description: string;
  /** Usual endings of its names, without the dot. */
  readonly extensions: readonly string[];
  /** Media types under which it is sent; the first is the registered one. */
  readonly mediaTypes: readonly string[];
  /** Codecs that are decoded in it. */
  readonly codecs: readonly string[];
}

/** Id of a container that can be opened. */
export type MediaContainer = 'wav' | 'mp3' | 'flac' | 'ogg' | 'webm' | 'mp4' | 'aac';

/** What can be opened, by container. Names and types are for lists and dialogues: files are told apart by their content. */
export const MEDIA_FORMATS: Readonly<Record<MediaContainer, MediaFormat>> = Object.freeze({
  wav: format('WAV', ['wav', 'wave'], ['audio/wav', 'audio/x-wav', 'audio/vnd.wave'], ['PCM', 'float', 'A-law', 'mu-law']),
  mp3: format('MP3', ['mp3', 'mpga', 'mpeg'], ['audio/mpeg', 'audio/mp3'], []),
  flac: format('FLAC', ['flac'], ['audio/flac', 'audio/x-flac'], []),
  ogg: format('Ogg', ['ogg', 'oga', 'opus'], ['audio/ogg', 'application/ogg', 'audio/opus'], ['Opus', 'Vorbis']),
  webm: format(
    'WebM and Matroska',
    ['webm', 'mkv', 'mka', 'weba'],
    ['audio/webm', 'video/webm', 'video/x-matroska'],
    ['Opus', 'Vorbis', 'AAC-LC', 'MP3'],
  ),
  mp4: format(
    'MP4 and QuickTime',
    ['m4a', 'mp4', 'mov', 'm4b'],
    ['audio/mp4', 'video/mp4', 'audio/x-m4a', 'video/quicktime'],
    ['AAC-LC', 'MP3', 'Opus'],
  ),
  aac: format('AAC', ['aac'], ['audio/aac', 'audio/aacp'], []),
});

/** One line that says what can be decoded. */
export const SUPPORTED_MEDIA: string = Object.values(MEDIA_FORMATS)
  .map(({ description, codecs }) => (codecs.length === 0 ? description : `${description} (${codecs.join(', ')})`))
  .join(', ');

function format(description: string, extensions: readonly string[], mediaTypes: readonly string[], codecs: readonly string[]): MediaFormat {
  return Object.freeze({
    description,
    extensions: Object.freeze(extensions),
    mediaTypes: Object.freeze(mediaTypes),
    codecs: Object.freeze(codecs),
  });
}
