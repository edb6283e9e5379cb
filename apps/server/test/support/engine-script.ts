import { createInterface } from 'node:readline';
import { type Engine, loadConfig, startEngine } from '../../src/index.ts';
import { createLogger } from '../../src/logger.ts';

// The engine in a process of its own, as a program starts it. A line `<id> <path>` on standard input transcribes a file, `stop <id>`
// gives it up, the end of the input ends the engine. Events come back as lines of JSON.
const command = loadConfig({ argv: process.argv.slice(2), environment: {}, folder: process.cwd() });
if (command.type !== 'run') throw new Error('expected settings');
const logger = createLogger({ level: command.settings.logLevel, destination: process.stderr });
const engine = await startEngine(command.settings, logger);
const running = new Map<string, AbortController>();
const say = (fields: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(fields));

async function transcribe(engine: Engine, id: string, path: string): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    for await (const event of engine.transcribe(path, { signal: controller.signal })) say({ id, ...event });
  } catch (error) {
    const { name, code, message } = error as Error & { readonly code?: string };
    say({ id, type: 'failed', name, code, message });
  } finally {
    running.delete(id);
  }
}

say({ type: 'ready', slots: engine.slots, startMs: Math.round(performance.now()) });
for await (const line of createInterface({ input: process.stdin })) {
  const [first = '', second = ''] = line.split(' ');
  if (first === 'stop') running.get(second)?.abort(new Error('stopped'));
  else void transcribe(engine, first, second);
}
await engine.close();
say({ type: 'closed', running: running.size });
