import { spawnSync } from 'node:child_process';
import { installByApt } from './system-part.ts';

// The system's own Python comes first: what apt installs, only that one sees.
const CANDIDATES = [process.env['OUTSPOKEN_PYTHON'], '/usr/bin/python3', 'python3', 'python'];

function findPython(): string | undefined {
  return CANDIDATES.find((path) => path && spawnSync(path, ['-c', 'import requests'], { stdio: 'ignore' }).status === 0);
}

/**
 * A Python that has `requests`, installed first where there is none and we may.
 *
 * @throws Error with one line that says what to install by hand.
 */
export function findOrInstallPython(): string {
  const present = findPython();
  if (present) {
    return present;
  }
  installByApt('python3-requests');
  const installed = findPython();
  if (!installed) {
    throw new Error('Python with requests is needed: install both, or set OUTSPOKEN_PYTHON to such a Python');
  }
  return installed;
}
