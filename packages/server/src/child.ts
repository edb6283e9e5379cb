export type { ServiceEnd, WorkerPort } from './dispatch/child-service.ts';
export { type ServeFileReaderOptions, serveFileReader } from './dispatch/file-reader-main.ts';
export { type ServeRecognizerOptions, serveRecognizer } from './dispatch/worker-main.ts';
