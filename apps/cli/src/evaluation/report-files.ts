import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type EvaluationReport, formatReportPage } from '@outspoken/evaluation';
import { CliError, codeOf } from '../cli-error.ts';

/** Where a report goes beside the terminal. */
export interface ReportFiles {
  readonly json?: string;
  readonly html?: string;
}

/**
 * Looks whether the files can be written, before hours of work.
 *
 * @throws {@link CliError} `output_failed`
 */
export async function checkReportFiles({ json, html }: ReportFiles, folder: string): Promise<void> {
  for (const name of [json, html]) {
    if (name === undefined) continue;
    await access(dirname(resolve(folder, name)), constants.W_OK).catch((cause: unknown) => {
      throw failure(name, cause, 'make its folder first');
    });
  }
}

/** @throws {@link CliError} `output_failed` */
export async function writeReportFiles(
  report: EvaluationReport,
  { json, html }: ReportFiles,
  folder: string,
  worstCount: number,
): Promise<void> {
  const texts = [
    [json, () => `${JSON.stringify(report, null, 2)}\n`],
    [html, () => formatReportPage(report, worstCount)],
  ] as const;
  for (const [name, textOf] of texts) {
    if (name === undefined) continue;
    await writeFile(resolve(folder, name), textOf()).catch((cause: unknown) => {
      throw failure(name, cause, 'check the disk and the permissions');
    });
  }
}

function failure(name: string, cause: unknown, advice: string): CliError {
  return new CliError('output_failed', `${name} cannot be written (${codeOf(cause) ?? String(cause)}), ${advice}`, { cause });
}
