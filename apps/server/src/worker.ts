import { setPriority } from 'node:os';
import { serveRecognizer } from '@outspoken/server/child';
import * as runtime from 'onnxruntime-node';
import { EXIT_CODE } from './exit-code.ts';
import { describeRecognizerEvent, loadRecognizer, type RecognizerEvent } from './load-recognizer.ts';
import type { WorkerSettings } from './worker-process.ts';

const STANDARD_ERROR = 2;

// Weighs a third of a process of the usual niceness, 0: where all cores decode, the process that holds the sockets still runs at once.
const NICENESS = 5;

process.title = 'outspoken-worker';
setPriority(NICENESS);
// Ctrl-C and a supervisor's stop reach the whole group: the parent decides when a worker ends, so that clips in flight finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

// Written by the parent, see worker-process.ts.
const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings;
await serveRecognizer(process, {
  load: async () => {
    const recognizer = await loadRecognizer(runtime, settings, (event) => void report(event));
    // The bytes of each graph that was tried, up to 120 MB: a worker that nobody asks for anything would keep them.
    globalThis.gc?.();
    return recognizer;
  },
});
// A decode in native code cannot be waited for, and an idle runtime would keep the process alive.
process.exit(EXIT_CODE.ok);

/** Rare enough that the logger is loaded only then. */
async function report(event: RecognizerEvent): Promise<void> {
  const text = describeRecognizerEvent(settings.model, event);
  if (text === undefined) return;
  const [{ createLogger }, { pino }] = await Promise.all([import('./logger.ts'), import('pino')]);
  const logger = createLogger({ level: settings.logLevel, destination: pino.destination({ dest: STANDARD_ERROR, sync: true }) });
  const isProgress = event.type === 'graph' && event.event.type === 'building';
  logger[isProgress ? 'info' : 'warn'](text);
}
