import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { CommandContext } from '../../src/context.ts';
import { runInterruptibly } from '../../src/interruption.ts';
import { TemporaryFiles } from '../../src/temporary-files.ts';
import { CapturedStream } from './captured-stream.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-cli-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a command works with, with everything that it says kept. */
export interface TestContext extends CommandContext {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  /** Sends a signal to what runs. */
  readonly signals: EventEmitter;
}

export function createContext(
  given: Partial<Pick<TestContext, 'stdin' | 'environment' | 'folder' | 'stdout' | 'stderr'>> = {},
): TestContext {
  const signals = new EventEmitter();
  return {
    stdin: Readable.from([]) as TestContext['stdin'],
    stdout: new CapturedStream(),
    stderr: new CapturedStream(),
    environment: {},
    folder: process.cwd(),
    ...given,
    temporaryFiles: new TemporaryFiles(),
    signals,
    runInterruptibly: (work) => runInterruptibly({ signals, exitAtOnce: () => {} }, work),
  };
}
