import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS } from '@outspoken/server';
import { CliError } from '../cli-error.ts';

/**
 * Reads the option `--keywords`: the name of a file with a phrase on each line, or else phrases with commas between them.
 *
 * @param folder - What the name of a file is relative to.
 * @throws {@link CliError} `usage` when there are more phrases than a list may have, or longer ones.
 */
export async function readKeywords(option: string, folder: string): Promise<readonly string[]> {
  const list = (await readIfFile(resolve(folder, option))) ?? option;
  const phrases = list
    .split(/[,\r\n]/)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
  if (phrases.length > MAX_KEYWORDS || phrases.some((phrase) => phrase.length > MAX_KEYWORD_CHARACTERS)) {
    throw new CliError('usage', `--keywords must be at most ${MAX_KEYWORDS} phrases of at most ${MAX_KEYWORD_CHARACTERS} characters`);
  }
  return phrases;
}

/** What stands in a file; undefined where there is none that can be read. */
async function readIfFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Then it is a list.
    return undefined;
  }
}
