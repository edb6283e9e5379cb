import { serveSpeechWorker } from '@outspoken/edge/worker';
import * as ort from 'onnxruntime-web/wasm';

// Only the address of the binary is set: the loader script stays the one inside this bundle, so nothing is imported from a blob.
ort.env.wasm.wasmPaths = { wasm: new URL('ort-wasm-simd-threaded.wasm', self.location.href).href };
ort.env.wasm.numThreads = 1;

serveSpeechWorker(self, ort);
