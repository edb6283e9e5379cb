// One of several processes that want the same derived files at once; started by derived-files.test.ts.
import { loadDerivedFiles } from '../src/index.ts';

const BUILD_MS = 300;

const { from } = await loadDerivedFiles({
  key: 'shared',
  purpose: 'test',
  names: ['file'],
  cacheFolder: process.argv[2] ?? '',
  build: () => {
    // Building blocks, as it does in truth.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUILD_MS);
    return { file: new Uint8Array(1000) };
  },
});
process.send?.(from);
