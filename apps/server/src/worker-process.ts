import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkerProcess } from '@outspoken/server/engine';
import { childArguments } from './child-arguments.ts';
import { workerEnvironment } from './child-environment.ts';
import type { Settings } from './settings.ts';

/** What a worker is told at its start. */
export type WorkerSettings = Pick<Settings, 'model' | 'graph' | 'threadsPerWorker' | 'logLevel'>;

// The worker is a TypeScript file when the program runs from its sources.
const WORKER_FILE = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url));

// Little of a worker's work is JavaScript: by default V8 keeps 25 MB more for what dies young. The worker collects what loading left behind.
const MEMORY_FLAGS = ['--max-semi-space-size=4', '--expose-gc'];

/** Starts a recognition process. Its standard output stays closed: ours belongs to the line that says where we listen. */
export function spawnWorker(settings: WorkerSettings): WorkerProcess {
  const { model, graph, threadsPerWorker, logLevel } = settings;
  return fork(WORKER_FILE, [JSON.stringify({ model, graph, threadsPerWorker, logLevel } satisfies WorkerSettings)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...childArguments(), ...MEMORY_FLAGS],
    env: workerEnvironment(),
  });
}
