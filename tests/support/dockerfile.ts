import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOY } from './deployment.ts';

/** The text of our Dockerfile. */
export const DOCKERFILE = readFileSync(join(DEPLOY, 'docker/Dockerfile'), 'utf8');

const INSTRUCTIONS = DOCKERFILE.replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '');

/** What follows an instruction, each time it is given; a `stage` counts from 0. */
export function instructions(name: string, stage?: number): string[] {
  const stages = INSTRUCTIONS.map((_, index) => INSTRUCTIONS.slice(0, index + 1).filter((line) => line.startsWith('FROM ')).length - 1);
  return INSTRUCTIONS.filter((line, index) => line.startsWith(`${name} `) && (stage === undefined || stages[index] === stage)).map((line) =>
    line.slice(name.length + 1).trim(),
  );
}

/** The words of an instruction in its JSON form, flags and `CMD` before it left out. */
export function wordsOf(name: string): string[] {
  const [line = ''] = instructions(name);
  return JSON.parse(line.slice(line.indexOf('['))) as string[];
}

/** The environment that the image sets. */
export const IMAGE_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  instructions('ENV').flatMap((line) => line.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
);
