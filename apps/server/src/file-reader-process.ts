import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkerProcess } from '@outspoken/server/engine';
import { childArguments } from './child-arguments.ts';

// The reader is a TypeScript file when the program runs from its sources.
const READER_FILE = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './file-reader.ts' : './file-reader.js', import.meta.url));

// A reader with three hours of AAC holds 210 MB, of which JavaScript has a part (Nov 2026). The watch over the whole process stands behind it.
const HEAP_MEBIBYTES = 384;

/** Starts a process that reads sound files. Its standard output stays closed: ours belongs to the line that says where we listen. */
export function spawnFileReader(): WorkerProcess {
  return fork(READER_FILE, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...childArguments(), `--max-old-space-size=${HEAP_MEBIBYTES}`],
  });
}
