import { createRequire } from 'node:module';
import { runInterruptibly } from './interruption.ts';
import { runProgram } from './run-program.ts';
import { TemporaryFiles } from './temporary-files.ts';

const { stdin, stdout, stderr, env: environment } = process;
const temporaryFiles = new TemporaryFiles();

// Whoever writes hears of it; without a listener, a reader that has gone would end the program with a stack trace.
stdout.on('error', () => {});
stderr.on('error', () => {});

const exitAtOnce = (code: number): void => {
  temporaryFiles.removeAllNow();
  process.exit(code);
};

// One level up from both src/ and dist/; our own file.
const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

const exitCode = await runProgram(
  process.argv.slice(2),
  {
    stdin,
    stdout,
    stderr,
    environment,
    // A package manager runs the program in its own folder and says here where the person stood.
    folder: environment['INIT_CWD'] ?? process.cwd(),
    temporaryFiles,
    runInterruptibly: (work) => runInterruptibly({ signals: process, exitAtOnce }, work),
  },
  version,
);
if (exitCode !== undefined) {
  await temporaryFiles[Symbol.asyncDispose]();
  process.exit(exitCode);
}
