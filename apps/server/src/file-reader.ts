import { fileSource, type MediaAudio, openMedia } from '@outspoken/media';
import { loadModelFiles } from '@outspoken/models';
import { serveFileReader } from '@outspoken/server/child';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { EXIT_CODE } from './exit-code.ts';

process.title = 'outspoken-file-reader';
// Ctrl-C and a supervisor's stop reach the whole group: the parent decides when a reader ends, so that files under way finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

await serveFileReader(process, {
  open: openFile,
  // The detector and the policy are those of the page: the same speech makes the same clips.
  loadDetector: async () => {
    const { files } = await loadModelFiles('silero-vad-v6');
    return new SpeechDetector({ model: await loadSileroVad(runtime, files.model) });
  },
  residentBytes: () => process.memoryUsage.rss(),
});
// A decoder that is stuck cannot be waited for, and an idle runtime would keep the process alive.
process.exit(EXIT_CODE.ok);

/** Opens a file together with the handle that it is read through. */
async function openFile(path: string, options: { readonly maximumDurationMs: number; readonly signal: AbortSignal }): Promise<MediaAudio> {
  const source = await fileSource(path);
  const media = await openMedia(source, options).catch(async (error: unknown) => {
    await source[Symbol.asyncDispose]();
    throw error;
  });
  return {
    description: media.description,
    samples: () => media.samples(),
    get isTruncated() {
      return media.isTruncated;
    },
    async [Symbol.asyncDispose]() {
      await media[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}
