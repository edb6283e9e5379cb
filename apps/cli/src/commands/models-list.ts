import { checkModel, type FileState, isHubFile, type ModelManifest, modelNames, readModelManifest, stateOf } from '@outspoken/models';
import { EXIT_CODE } from '../exit-code.ts';
import { formatTable } from '../output/table.ts';
import { sizeText } from '../progress/progress-text.ts';
import { type Surroundings, write } from '../terminal.ts';

/** One model, as `models list --json` writes it. */
export interface ListedModel {
  readonly name: string;
  readonly family: string;
  readonly license: string;
  readonly languages: readonly string[];
  readonly sizeBytes: number;
  /** How the weights come here. */
  readonly from: 'npm' | 'hub';
  readonly state: FileState;
  readonly description: string;
  readonly source: string;
}

/** Options of `outspoken models list`. */
export interface ModelsListOptions {
  readonly json?: boolean;
}

/** Lists every model of the manifest with the state of its files, which are all hashed. */
export async function listModels({ json }: ModelsListOptions, { stdout }: Pick<Surroundings, 'stdout'>): Promise<number> {
  const models: ListedModel[] = [];
  for (const name of modelNames()) {
    models.push(await describeModel(readModelManifest(name)));
  }
  await write(stdout, json ? `${JSON.stringify(models, null, 2)}\n` : tableOf(models));
  return EXIT_CODE.ok;
}

async function describeModel(manifest: ModelManifest): Promise<ListedModel> {
  const { name, family, license, languages, description, source } = manifest;
  const files = Object.values(manifest.files);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const state = stateOf(await checkModel(manifest));
  return { name, family, license, languages, sizeBytes, from: files.some(isHubFile) ? 'hub' : 'npm', state, description, source };
}

function tableOf(models: readonly ListedModel[]): string {
  const rows = models.map(({ name, family, license, languages, sizeBytes, from, state }) => {
    const spoken = languages.includes('*') ? 'any' : languages.join(', ');
    return [name, family, license, spoken, sizeText(sizeBytes), from, state];
  });
  return formatTable(['NAME', 'FAMILY', 'LICENCE', 'LANGUAGES', 'SIZE', 'FROM', 'STATE'], rows);
}
