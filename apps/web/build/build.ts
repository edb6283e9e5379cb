import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFilePath } from '@outspoken/models';
import { build, type InlineConfig } from 'vite';
import { compressFolder } from './compress.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const FIXTURES = join(ROOT, '../../tests/fixtures');

const SHARED: InlineConfig = {
  root: ROOT,
  configFile: false,
  logLevel: 'warn',
  base: './', // every address is relative: the page works under any sub-path
  resolve: { conditions: ['@outspoken/source', 'module', 'browser', 'development|production'] },
};

/** The page: names carry a content hash, so that they can be cached for ever. */
const PAGE: InlineConfig = {
  ...SHARED,
  build: { outDir: DIST, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
};

/** One file of the embeddable SDK: a stable name and no shared chunks, so that any page can point at it. */
function edgeFile(name: string, entry: string): InlineConfig {
  return {
    ...SHARED,
    publicDir: false,
    build: {
      outDir: join(DIST, 'edge'),
      emptyOutDir: false,
      assetsInlineLimit: 0, // a data: address would break under a strict content security policy
      modulePreload: { polyfill: false },
      rolldownOptions: {
        treeshake: { moduleSideEffects: true }, // the worklet and the worker are there for what they do, not for what they export
        input: { [name]: join(ROOT, 'src/edge', entry) },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]', codeSplitting: false },
      },
    },
  };
}

/** The GPU builds of onnxruntime are 17-28 MB; one careless import is enough to ship them. */
async function assertOneRuntime(): Promise<void> {
  const names = await readdir(DIST, { recursive: true });
  const binaries = names.filter((name) => name.endsWith('.wasm') || /\.(jsep|jspi|asyncify)\./.test(name));
  const wanted = join('edge', 'ort-wasm-simd-threaded.wasm');
  if (binaries.length !== 1 || binaries[0] !== wanted) {
    throw new Error(`dist must hold ${wanted} and no other runtime, found ${binaries.join(', ') || 'none'}`);
  }
}

await build(PAGE);
await build(edgeFile('outspoken', 'outspoken.ts'));
await build(edgeFile('speech.worker', 'speech.worker.ts'));
await build(edgeFile('capture.worklet', 'capture.worklet.ts'));
await mkdir(join(DIST, 'recording'), { recursive: true });
await Promise.all([
  copyFile(modelFilePath('silero-vad-v6', 'model'), join(DIST, 'edge', 'silero_vad_v6.onnx')),
  copyFile(join(FIXTURES, 'demo-recording.wav'), join(DIST, 'recording', 'demo-recording.wav')),
  copyFile(join(FIXTURES, 'demo-recording.txt'), join(DIST, 'recording', 'demo-recording.txt')),
]);
await assertOneRuntime();
await compressFolder(DIST, join(ROOT, 'node_modules/.cache/outspoken-compressed'));
