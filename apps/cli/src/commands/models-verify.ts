import { checkModel, type FileCheck, type ModelName, modelNames, readModelManifest, stateOf } from '@outspoken/models';
import { EXIT_CODE } from '../exit-code.ts';
import { type Surroundings, write } from '../terminal.ts';

/** Options of `outspoken models verify`. */
export interface ModelsVerifyOptions {
  readonly json?: boolean;
}

/**
 * Hashes every file of the models named, or of all that are here.
 *
 * @returns 1 when a file is not the one that is pinned, or when a model that was named is not here.
 */
export async function verifyModels(
  names: readonly ModelName[],
  { json }: ModelsVerifyOptions,
  { stdout }: Pick<Surroundings, 'stdout'>,
): Promise<number> {
  const isNamed = names.length > 0;
  const models: { readonly name: ModelName; readonly files: readonly FileCheck[] }[] = [];
  for (const name of isNamed ? names : modelNames()) {
    models.push({ name, files: await checkModel(readModelManifest(name)) });
  }
  // A model that was never downloaded is no fault, unless it was asked for.
  const isBad = ({ files }: { files: readonly FileCheck[] }): boolean => {
    const state = stateOf(files);
    return (
      state === 'changed' ||
      (state === 'absent' && (isNamed || files.some(({ origin, state: one }) => origin === 'npm' && one === 'absent')))
    );
  };
  await write(stdout, json ? `${JSON.stringify(models, null, 2)}\n` : models.map(({ name, files }) => linesOf(name, files)).join(''));
  return models.some(isBad) ? EXIT_CODE.failed : EXIT_CODE.ok;
}

function linesOf(name: string, files: readonly FileCheck[]): string {
  const lines = files.flatMap((file) => {
    const line = `${name} ${file.role}: ${file.state}`;
    switch (file.state) {
      case 'present':
        return [line];
      case 'absent':
        return [line, `  ${file.origin === 'hub' ? `fetch it with: outspoken models pull ${name}` : file.problem}`];
      case 'changed':
        return [line, `  expected ${file.expected}`, `  got      ${file.got}`, `  ${adviceOf(name, file)}`];
      default:
        file.state satisfies never;
        return [];
    }
  });
  return `${lines.join('\n')}\n`;
}

function adviceOf(name: string, { origin }: FileCheck): string {
  return origin === 'hub' ? `fetch it again with: outspoken models pull ${name}` : 'install it again with: npx -y pnpm@10 install --force';
}
