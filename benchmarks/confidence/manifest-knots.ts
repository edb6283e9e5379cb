import { readFileSync, writeFileSync } from 'node:fs';
import type { ConfidenceKnot } from '@outspoken/asr';

const MANIFEST_URL = new URL('../../models/manifest.json', import.meta.url);
const MODEL = 'moonshine-tiny';

const FIELD_END = '\n    },\n';
/** The width at which the formatter of the repository breaks lines. */
const LINE_WIDTH = 140;

/** Puts knots into the entry of the model, and leaves the rest of the file as it is written. */
export function writeKnots(knots: Readonly<Record<string, readonly ConfidenceKnot[]>>): void {
  writeFileSync(MANIFEST_URL, insertKnots(readFileSync(MANIFEST_URL, 'utf8'), knots));
}

/** The text of the manifest with other knots. */
export function insertKnots(manifest: string, knots: Readonly<Record<string, readonly ConfidenceKnot[]>>): string {
  const start = manifest.indexOf(`"${MODEL}": {`);
  const files = manifest.indexOf('    "files": {', start);
  if (start < 0 || files < 0) throw new RangeError(`the manifest has no entry of ${MODEL} with files`);
  const old = manifest.indexOf('    "wordConfidence": {', start);
  const hasOld = old >= 0 && old < files;
  const from = hasOld ? old : files;
  const to = hasOld ? manifest.indexOf(FIELD_END, old) + FIELD_END.length : files;
  const entries = Object.entries(knots);
  const efforts = entries.map(([effort, of], index) => formatKnots(effort, of, index === entries.length - 1 ? '' : ','));
  return `${manifest.slice(0, from)}    "wordConfidence": {\n${efforts.join('\n')}${FIELD_END}${manifest.slice(to)}`;
}

function formatKnots(effort: string, knots: readonly ConfidenceKnot[], separator: string): string {
  const pairs = knots.map((knot) => `[${knot.join(', ')}]`);
  const line = `      "${effort}": [${pairs.join(', ')}]${separator}`;
  if (line.length <= LINE_WIDTH) return line;
  return `      "${effort}": [\n${pairs.map((pair) => `        ${pair}`).join(',\n')}\n      ]${separator}`;
}
