export { fileSource } from './file-source.ts';
export { type MediaAudio, type MediaDescription, type MediaOptions, type MediaSource, openMedia } from './media.ts';
export { MediaError, type MediaErrorCode } from './media-error.ts';
