import { loadConfig } from '@outspoken/server-app';
import type { CheckResult, CheckState } from '../doctor/check.ts';
import { checkCapacity, checkFfmpeg, checkNode, checkProcessor } from '../doctor/machine-checks.ts';
import { checkRecognizer } from '../doctor/recognizer-check.ts';
import { checkDecoders, checkModelFiles, checkOnnxRuntime } from '../doctor/runtime-checks.ts';
import { checkMicrophone, checkPage, checkPort, checkSpool } from '../doctor/server-checks.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { isColourful, type Surroundings, tell, write } from '../terminal.ts';

/** Options of `outspoken doctor`. */
export interface DoctorOptions {
  readonly json?: boolean;
}

/**
 * Looks at everything that the program needs, and says what to do about what is missing.
 *
 * @returns 1 when something is missing without which it does not work.
 * @throws `ConfigError` when a setting is wrong.
 */
export async function doctor(
  { json }: DoctorOptions,
  surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'environment' | 'folder'>,
): Promise<number> {
  const { stdout, stderr, environment, folder } = surroundings;
  // A folder that is missing is for the check of the spool to find.
  const command = loadConfig({ argv: [], environment, folder, isFolder: () => true });
  if (command.type !== 'run') {
    throw new TypeError(`no arguments must ask for a run, got ${command.type}`);
  }
  const { settings } = command;
  const recognizerParts = [checkOnnxRuntime(), checkModelFiles(settings.model)];
  const checks = await Promise.all([
    checkNode(),
    checkProcessor(),
    checkCapacity(settings.workers),
    ...recognizerParts,
    checkModelFiles('silero-vad-v6'),
    ...checkDecoders(),
    checkFfmpeg(),
    checkPort(settings),
    checkPage(settings),
    checkMicrophone(settings),
    checkSpool(settings),
  ]);
  // Last and alone: it uses the processor, and loads here what may not load at all.
  if ((await Promise.all(recognizerParts)).every(({ state }) => state === 'ok')) {
    checks.push(await checkRecognizer(settings, { onProgress: (text) => void tell(stderr, text) }));
  }
  const isOk = checks.every(({ state }) => state !== 'problem');
  const report = json
    ? `${JSON.stringify({ isOk, checks }, null, 2)}\n`
    : formatReport(checks, { isColourful: isColourful(stdout, environment) });
  await write(stdout, report);
  return isOk ? EXIT_CODE.ok : EXIT_CODE.failed;
}

const MARKS: Readonly<Record<CheckState, { readonly plain: string; readonly colourful: string }>> = {
  ok: { plain: 'ok     ', colourful: '\u001B[32m✓\u001B[39m' },
  warning: { plain: 'warning', colourful: '\u001B[33m!\u001B[39m' },
  problem: { plain: 'problem', colourful: '\u001B[31m✗\u001B[39m' },
};

/** What a person reads: a line for each check, what to do below it, and a sum. */
export function formatReport(checks: readonly CheckResult[], options: { readonly isColourful: boolean }): string {
  const lines = checks.flatMap(({ state, detail, advice }) => {
    const mark = options.isColourful ? MARKS[state].colourful : MARKS[state].plain;
    const indent = options.isColourful ? '    ' : '          ';
    return [`${mark}  ${detail}`, ...(advice === undefined ? [] : [`${indent}${advice}`])];
  });
  const count = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  const sum = count('problem') === 0 ? 'everything that is needed is there' : `${count('problem')} to mend before it works`;
  const warnings = count('warning') === 0 ? '' : `, ${count('warning')} to know about`;
  return `${lines.join('\n')}\n\n${sum}${warnings}\n`;
}
