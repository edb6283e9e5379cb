import { serveRecognizer } from '@outspoken/server/child';
import * as runtime from 'onnxruntime-node';
import { EXIT_CODE } from './exit-code.ts';
import { describeRecognizerEvent, loadRecognizer, type RecognizerEvent } from './load-recognizer.ts';
import type { WorkerSettings } from './worker-process.ts';

process.title = 'outspoken-worker';
// Ctrl-C and a supervisor's stop reach the whole group: the parent decides when a worker ends, so that clips in flight finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

// Written by the parent, see worker-process.ts.
const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings;
await serveRecognizer(process, {
  load: () => loadRecognizer(runtime, settings, report),
});
// A decode in native code cannot be waited for, and an idle runtime would keep the process alive.
process.exit(EXIT_CODE.ok);

/** One line each, in words: the log of the server is its parent's, and shares this standard error. */
function report(event: RecognizerEvent): void {
  const text = describeRecognizerEvent(settings.model, event);
  if (text !== undefined) process.stderr.write(`outspoken: ${text}\n`);
}
