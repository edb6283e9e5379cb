#!/usr/bin/env node
// Starts the program: as it was built, or from its TypeScript sources where nothing was built.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/main.js', import.meta.url);

if (existsSync(built)) {
  await import(built.href);
} else {
  const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const loader = ['--conditions=@outspoken/source', '--import', import.meta.resolve('tsx')];
  const child = spawn(process.execPath, [...process.execArgv, ...loader, source, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the child as well; anybody else knows this process only.
  const isTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !isTerminal) {
        child.kill(signal);
      }
    });
  }
  child.once('error', (error) => {
    process.stderr.write(`outspoken: cannot start Node (${error.message})\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
  });
}
