import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FileEvent } from '@outspoken/server';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('support/engine-script.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../../tests/fixtures/', import.meta.url));
const DEMO = join(FIXTURES, 'demo-recording.wav');

interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

type Line = { readonly id?: string } & (
  | FileEvent
  | { readonly type: 'failed'; readonly name: string; readonly code: string | undefined; readonly message: string }
  | { readonly type: 'ready' | 'closed'; readonly running?: number }
);

/** The real engine, models and processes; see engine-script.ts. */
class EngineProcess {
  readonly lines: Line[] = [];
  readonly pids: number[] = [];
  readonly #child: ChildProcess;
  #wake: () => void = () => {};

  constructor() {
    const execArgv = ['--conditions=@outspoken/source', '--import', 'tsx'];
    this.#child = spawn(process.execPath, [...execArgv, SCRIPT, '--workers', '2', '--file-readers', '2'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('the child has no output');
    createInterface({ input: stdout }).on('line', (line) => this.#take(() => this.lines.push(JSON.parse(line))));
    createInterface({ input: stderr }).on('line', (line) =>
      this.#take(() => {
        const { workerPid, readerPid } = JSON.parse(line) as { readonly workerPid?: number; readonly readerPid?: number };
        this.pids.push(...[workerPid, readerPid].filter((pid) => pid !== undefined));
      }),
    );
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }

  of(id: string): Line[] {
    return this.lines.filter((line) => line.id === id);
  }

  /** The first line that fits, once it has come. */
  async next<Type extends Line['type']>(type: Type, id?: string): Promise<Line & { readonly type: Type }> {
    for (;;) {
      const found = this.lines.find((line): line is Line & { readonly type: Type } => line.type === type && line.id === id);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(act: () => void): void {
    act();
    this.#wake();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'outspoken-engine-'));
let engine: EngineProcess;
beforeAll(async () => {
  engine = new EngineProcess();
  await engine.next('ready');
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The demo recording again and again. */
function longRecording(repeats: number): string {
  const demo = readFileSync(DEMO);
  const dataStart = demo.indexOf('data') + 8;
  const data = demo.subarray(dataStart, dataStart + demo.readUInt32LE(dataStart - 4));
  const header = Buffer.from(demo.subarray(0, dataStart));
  header.writeUInt32LE(repeats * data.length, dataStart - 4);
  header.writeUInt32LE(dataStart - 8 + repeats * data.length, 4);
  const path = join(folder, `long-${repeats}.wav`);
  writeFileSync(path, Buffer.concat([header, ...Array.from({ length: repeats }, () => data)]));
  return path;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}

test('transcribes a recording in order, with the times at which things were said', async () => {
  engine.say(`demo ${DEMO}`);
  const { transcript } = await engine.next('end', 'demo');
  const cues = JSON.parse(readFileSync(join(FIXTURES, 'demo-recording.json'), 'utf8')) as Cue[];
  expect(transcript.segments).toHaveLength(cues.length);
  for (const [index, cue] of cues.entries()) {
    const segment = transcript.segments[index];
    expect(segment?.index).toBe(index);
    // The prompts begin and end with a little silence.
    expect(Math.abs((segment?.startMs ?? 0) - cue.startMs)).toBeLessThan(500);
    expect(Math.abs((segment?.endMs ?? 0) - cue.endMs)).toBeLessThan(500);
  }
  const said = wordsOf(cues.map(({ text }) => text).join(' '));
  const heard = wordsOf(transcript.text);
  expect(said.filter((word) => !heard.includes(word)).length).toBeLessThanOrEqual(3);
  expect(transcript).toMatchObject({ model: 'moonshine-tiny', durationMs: 36_850.375, isTruncated: false });
  expect(engine.of('demo').map(({ type }) => type)[0]).toBe('opened');
});

test('says what is wrong with a file, and goes on', async () => {
  writeFileSync(join(folder, 'text.wav'), 'this is no sound at all, however it is called');
  engine.say(`text ${join(folder, 'text.wav')}`);
  engine.say('missing /nowhere/at-all.wav');
  expect(await engine.next('failed', 'text')).toMatchObject({ name: 'FileReaderError', code: 'unsupported_media' });
  expect(await engine.next('failed', 'missing')).toMatchObject({ code: 'reader_failed', message: expect.stringContaining('ENOENT') });
});

test('gives a file up in the middle, and transcribes another one at the same time', async () => {
  const path = longRecording(40);
  engine.say(`long ${path}`);
  engine.say(`beside ${DEMO}`);
  await engine.next('segment', 'long');
  engine.say('stop long');
  expect(await engine.next('failed', 'long')).toMatchObject({ message: 'stopped' });
  expect((await engine.next('end', 'beside')).transcript.segments).toHaveLength(7);
  expect(engine.of('long').some(({ type }) => type === 'end')).toBe(false);
});

test('close gives up what runs and leaves no process behind', async () => {
  const other = new EngineProcess();
  await other.next('ready');
  other.say(`long ${longRecording(40)}`);
  await other.next('opened', 'long');
  await other.close();
  expect(other.of('long').at(-1)).toMatchObject({ type: 'failed', code: 'draining' });
  expect(await other.next('closed')).toEqual({ type: 'closed', running: 0 });
  expect(other.pids.length).toBeGreaterThanOrEqual(2);
  expect(other.pids.filter(isAlive)).toEqual([]);
});
