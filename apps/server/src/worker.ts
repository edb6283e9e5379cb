import { loadMoonshine } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import { serveRecognizer } from '@outspoken/server/child';
import * as runtime from 'onnxruntime-node';
import { EXIT_CODE } from './exit-code.ts';
import type { WorkerSettings } from './worker-process.ts';

process.title = 'outspoken-worker';
// Ctrl-C and a supervisor's stop reach the whole group: the parent decides when a worker ends, so that clips in flight finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

// Written by the parent, see worker-process.ts.
const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings;
await serveRecognizer(process, {
  load: async () => loadMoonshine(runtime, await loadModelFiles(settings.model), { threads: settings.threadsPerWorker }),
});
// A decode in native code cannot be waited for, and an idle runtime would keep the process alive.
process.exit(EXIT_CODE.ok);
