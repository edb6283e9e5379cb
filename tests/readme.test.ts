import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const RESULTS = 'tests/results';
const ROOMS = [...foldersIn('packages'), ...foldersIn('apps'), 'models'];
const DOCUMENTS = ['.', 'docs', 'models/cards', 'tests/fixtures', ...ROOMS].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** Examples that need what only their reader has: it is declared here, and they are compiled but not run. */
const LEFT_TO_THE_READER: Readonly<Record<string, string>> = {
  'packages/client/README.md': `
    import type { OpenTransport, RequestSession } from '@outspoken/client';
    declare const requestSession: RequestSession, openTransport: OpenTransport, clipPolicyId: string, samples: Int16Array;`,
  'packages/protocol/README.md': 'declare const socket: WebSocket, text: string, show: (text: string) => void;',
  // A browser's; the demo runs the same calls in tests/browser.test.ts.
  'packages/edge/README.md': '',
  // Needs a worker program; packages/server/test/readme.test.ts runs it with one.
  'packages/server/README.md': '',
  'README.md': '',
  'apps/web/README.md': 'declare const button: HTMLButtonElement;',
};

interface Example {
  readonly document: string;
  readonly language: 'ts' | 'js';
  readonly code: string;
  /** TypeScript lies in the room of its document, so that it sees what that room may import; `dist` is no source to any tool. */
  readonly path: string;
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function read(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

function fencedBlocks(document: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...read(document).matchAll(pattern)].map(([, code = '']) => code);
}

const EXAMPLES: readonly Example[] = DOCUMENTS.flatMap((document) =>
  (['ts', 'js'] as const).flatMap((language) =>
    fencedBlocks(document, language).map((code, index) => ({
      document,
      language,
      code,
      path: join(ROOT, language === 'ts' ? join(dirname(document), 'dist') : RESULTS, `${document.replaceAll(/\W/g, '-')}-${index}.ts`),
    })),
  ),
);
const COMPLETE = EXAMPLES.filter(({ document }) => LEFT_TO_THE_READER[document] === undefined);

function write({ path, code }: Example, before = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  // The compiler maps absolute paths only.
  writeFileSync(path, `${before}\n${code.replaceAll("'./edge/", "'/edge/")}\nexport {};\n`);
}

/** Compiles examples against the sources; returns what the compiler says against it. */
async function compile(examples: readonly Example[], options: Readonly<Record<string, unknown>>): Promise<string> {
  for (const example of examples) {
    write(example, LEFT_TO_THE_READER[example.document]);
  }
  const project = join(ROOT, RESULTS, `readme-${examples[0]?.language}.json`);
  mkdirSync(dirname(project), { recursive: true });
  const compilerOptions = { noUnusedLocals: false, ...options };
  writeFileSync(
    project,
    JSON.stringify({ extends: '../tsconfig.json', compilerOptions, files: examples.map(({ path }) => path), include: [] }),
  );
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return promisify(execFile)(process.execPath, [compiler, '-p', project], { cwd: ROOT }).then(
    () => '',
    (error: { stdout?: string }) => error.stdout || String(error),
  );
}

afterAll(() => {
  for (const { path } of EXAMPLES) {
    rmSync(path, { force: true });
  }
});

describe('examples', () => {
  test('every library shows one', () => {
    const shown = new Set(EXAMPLES.map(({ document }) => dirname(document)));
    expect(ROOMS.filter((room) => !room.startsWith('apps/') && !shown.has(room))).toEqual([]);
  });

  test('what is left to the reader belongs to an example', () => {
    expect(Object.keys(LEFT_TO_THE_READER).filter((document) => !EXAMPLES.some((example) => example.document === document))).toEqual([]);
  });

  test('those in TypeScript compile', async () => {
    expect(
      await compile(
        EXAMPLES.filter(({ language }) => language === 'ts'),
        {},
      ),
    ).toBe('');
  });

  test('those in JavaScript name what the SDK has', async () => {
    const paths = { '/edge/outspoken.js': [join(ROOT, 'apps/web/src/edge/outspoken.ts')] };
    const scripts = EXAMPLES.filter(({ language }) => language === 'js');
    expect(await compile(scripts, { strict: false, exactOptionalPropertyTypes: false, paths })).toBe('');
  });

  test.each(COMPLETE)('the one in $document runs and prints what it says', async (example) => {
    write(example);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@outspoken/source', '--import', 'tsx', relative(ROOT, example.path)],
      { cwd: ROOT },
    );
    const promised = [...example.code.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, line]) => line);
    if (promised.length > 0) {
      expect(stdout.trimEnd().split('\n')).toEqual(promised);
    }
  });
});

/** The part of a heading's address after the `#`, as code hosts make it. */
function anchorsOf(document: string): string[] {
  const headings = [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(DOCUMENTS)('every relative link in %s leads somewhere', (document) => {
  const prose = read(document).replace(/^```[\s\S]*?^```$/gm, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(dirname(document), path);
    return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

/** Every call of pnpm that a document shows, as its words after `pnpm`. */
function pnpmCalls(document: string): string[][] {
  const lines = fencedBlocks(document, 'sh').flatMap((block) => block.split('\n'));
  const inline = [...read(document).matchAll(/`([^`\n]*pnpm[^`\n]*)`/g)].map(([, code = '']) => code);
  return [...lines, ...inline].flatMap((line) => {
    const [, words] = /^(?:[A-Z_]+=\S+ )*(?:npx -y pnpm@10|pnpm) ([^#]+)/.exec(line.trim()) ?? [];
    return words === undefined ? [] : [words.trim().split(/\s+/)];
  });
}

function scriptsOf(folder: string): string[] {
  return Object.keys((JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { scripts?: object }).scripts ?? {});
}

function folderOf(packageName: string): string {
  const found = ROOMS.find((room) => JSON.parse(readFileSync(join(ROOT, room, 'package.json'), 'utf8')).name === packageName);
  if (!found) {
    throw new RangeError(`no package is called ${packageName}`);
  }
  return found;
}

test('every command that a document shows is there', () => {
  const calls = DOCUMENTS.flatMap((document) => pnpmCalls(document).map((words) => ({ document, words })));
  expect(calls.filter(({ document }) => document === 'README.md').map(({ words }) => words[0])).toEqual(
    expect.arrayContaining(['start', 'test']),
  );
  const missing = calls.filter(({ words }) => {
    const [folder, [command = '', next = '']] = words[0] === '--filter' ? [folderOf(words[1] ?? ''), words.slice(2)] : ['.', words];
    switch (command) {
      case 'add':
      case 'install':
        return false;
      case 'exec':
        return !existsSync(join(ROOT, 'node_modules/.bin', next));
      default:
        return !scriptsOf(folder).includes(command === 'run' ? next : command);
    }
  });
  expect(missing).toEqual([]);
});
