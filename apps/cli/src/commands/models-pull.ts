import { type ModelName, modelCacheFolder, type PullProgress, pullModel, readModelManifest } from '@outspoken/models';
import type { CommandContext } from '../context.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { drawBar } from '../progress/bar.ts';
import { clockText, sizeText } from '../progress/progress-text.ts';
import { tell, write } from '../terminal.ts';

/** Options of `outspoken models pull`. */
export interface ModelsPullOptions {
  /** Address of a mirror of the hub. */
  readonly hub?: URL;
  readonly quiet?: boolean;
}

/**
 * Downloads a model that does not come by npm.
 *
 * @throws ModelError with what went wrong and what to do.
 */
export async function pullModelFiles(name: ModelName, { hub, quiet }: ModelsPullOptions, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context;
  const showsBar = stderr.isTTY === true && !quiet;
  const bar = showsBar ? drawBar(stderr) : undefined;
  const result = await context
    .runInterruptibly((signal) =>
      pullModel(readModelManifest(name), {
        signal,
        ...(hub ? { hubUrl: hub.href } : {}),
        onProgress: progressWriter((ratio, words) => bar?.update(ratio, words)),
      }),
    )
    .finally(() => bar?.stop());
  if (result === undefined) {
    await tell(stderr, 'outspoken: stopped, the next pull goes on from here\n');
    return EXIT_CODE.interrupted;
  }
  const { downloaded, present } = result;
  if (quiet) {
    return EXIT_CODE.ok;
  }
  if (downloaded.length > 0) {
    await write(stdout, `${name} is there and verified, in ${modelCacheFolder()}\n`);
  } else if (present.length > 0) {
    await write(stdout, `${name} is there already and verified, in ${modelCacheFolder()}\n`);
  } else {
    await write(stdout, `${name} is there already: it comes with the npm packages, there is nothing to pull\n`);
  }
  return EXIT_CODE.ok;
}

/** Says how far a download is, how fast, and how long it will take, by what came since it was started. */
export function progressWriter(
  update: (ratio: number, words: string) => void,
  now: () => number = () => performance.now(),
): (progress: PullProgress) => void {
  const startedAtMs = now();
  let startedWithBytes: number | undefined;
  return ({ role, receivedBytes, totalBytes }) => {
    // What an earlier try left behind did not come now.
    startedWithBytes ??= receivedBytes;
    const elapsedMs = now() - startedAtMs;
    const bytesPerMs = elapsedMs > 0 ? (receivedBytes - startedWithBytes) / elapsedMs : 0;
    const left = bytesPerMs > 0 ? ` · ${clockText((totalBytes - receivedBytes) / bytesPerMs)} left` : '';
    const words = `${role} · ${sizeText(receivedBytes)} of ${sizeText(totalBytes)} · ${sizeText(bytesPerMs * 1000)}/s${left}`;
    update(receivedBytes / totalBytes, words);
  };
}
