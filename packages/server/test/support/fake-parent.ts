import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LocalWorkers } from '../../src/dispatch/local-workers.ts';
import { fakeClip } from './fake-clip.ts';

// A server that gives its only worker a clip that never ends, tells the test the worker's pid, and waits to be killed.
const child = fork(fileURLToPath(new URL('fake-worker.ts', import.meta.url)), {
  serialization: 'advanced',
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
const workers = new LocalWorkers({ workers: 1, spawn: () => child });
child.on('message', (message: { type: string }) => {
  if (message.type === 'test_started') {
    process.send?.(child.pid);
  }
});
await workers.ready();
await workers.run([{ jobId: 'endless', samples: fakeClip('wait') }])[0];
