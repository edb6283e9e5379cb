import { expect, test } from 'vitest';
import { MEDIA_FORMATS, SUPPORTED_MEDIA } from '../src/formats.ts';

test('one line names every format and its codecs', () => {
  expect(SUPPORTED_MEDIA).toBe(
    'WAV (PCM, float, A-law, mu-law), MP3, FLAC, Ogg (Opus, Vorbis), WebM and Matroska (Opus, Vorbis, AAC-LC, MP3), MP4 and QuickTime (AAC-LC, MP3, Opus), AAC',
  );
});

test('every format has endings and media types', () => {
  for (const format of Object.values(MEDIA_FORMATS)) {
    expect(format.extensions.length).toBeGreaterThan(0);
    expect(format.mediaTypes[0]).toMatch(/^(audio|video)\//);
    expect(Object.isFrozen(format)).toBe(true);
  }
});
