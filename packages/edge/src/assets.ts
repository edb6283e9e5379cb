import { EdgeError } from './edge-error.ts';

/** Names of the files that must lie under `assetBaseUrl`. */
export const ASSET_NAMES = Object.freeze({
  worklet: 'capture.worklet.js',
  worker: 'speech.worker.js',
  wasm: 'ort-wasm-simd-threaded.wasm',
  vadModel: 'silero_vad_v6.onnx',
});

/** SHA-256 of `silero_vad_v6.onnx`, in hexadecimal: the worker runs no other bytes, and a build can check what it ships. */
export const VAD_MODEL_SHA256 = '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3';

/** Address of one asset; the base is a folder, with or without its closing slash. */
export function assetUrl(assetBaseUrl: URL, name: keyof typeof ASSET_NAMES): URL {
  return new URL(ASSET_NAMES[name], folderUrl(assetBaseUrl));
}

/** The URL with a path that ends in a slash, without query and fragment, so that relative addresses stay under it. */
export function folderUrl(url: URL): URL {
  const folder = new URL(url);
  folder.search = '';
  folder.hash = '';
  if (!folder.pathname.endsWith('/')) {
    folder.pathname += '/';
  }
  return folder;
}

/**
 * Finds out why a file did not load, by asking for it again: workers and worklets only say that they failed.
 *
 * @returns An {@link EdgeError} `asset_failed` that names the URL, the status and the content type.
 */
export async function explainAssetFailure(url: URL, fetch: typeof globalThis.fetch, cause: unknown): Promise<EdgeError> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (fetchCause) {
    return new EdgeError('asset_failed', `${url} could not be fetched: the network or connect-src of the page forbids it`, {
      cause: fetchCause,
    });
  }
  // Only the head is wanted; a body that cannot be cancelled is left to the collector.
  response.body?.cancel().catch(() => undefined);
  return new EdgeError('asset_failed', assetFailureMessage(url, response), { cause });
}

/** What a response says about an asset that is of no use. */
export function assetFailureMessage(url: URL, response: Response): string {
  const contentType = response.headers.get('content-type') ?? 'no content type';
  const answer = `${url} answered ${response.status} with ${contentType}`;
  if (response.ok && contentType.includes('text/html')) {
    return `${answer}: the server sends a page in place of the file, so the folder in assetBaseUrl is not the right one`;
  }
  return response.ok ? `${answer} but did not run: script-src may lack 'self' or 'wasm-unsafe-eval'` : answer;
}
