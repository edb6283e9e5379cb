export { fileSource } from './file-source.ts';
export { type MediaAudio, type MediaOptions, openMedia } from './media.ts';
export type { MediaDescription } from './media-description.ts';
export { MediaError, type MediaErrorCode } from './media-error.ts';
export type { MediaSource } from './media-source.ts';
