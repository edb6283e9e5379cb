import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../tests/support/server-process.ts';
import { UsageError } from '../support/command-line.ts';
import type { TargetAddress } from './step-plan.ts';

/** A server under load. */
export interface Target extends AsyncDisposable {
  readonly address: TargetAddress;
  /** How it was started. */
  readonly setting: string;
  /** Processes whose figures are read, with all that descend from them; empty for a server elsewhere. */
  readonly pids: readonly number[];
  /** Where it shows its metrics. */
  readonly metricsUrl: string | undefined;
}

/** How the plain peer uses the processor. */
export interface PeerSetting {
  readonly processes: number;
  /** Clips that one process decodes at one time. */
  readonly atOnce: number;
  readonly threadsPerClip: number;
}

/** Starts our server as `pnpm start` runs it, on a free port and without the page. */
export async function startOurs({
  workers,
  effort,
}: {
  readonly workers: number | undefined;
  readonly effort: string | undefined;
}): Promise<Target> {
  const flags = [...(workers === undefined ? [] : ['--workers', String(workers)]), ...(effort === undefined ? [] : ['--effort', effort])];
  const server = await ServerProcess.start(['--log-level', 'warn', '--web-root', 'none', ...flags]);
  return {
    address: { name: 'outspoken', protocol: 'asr.v1', urls: [server.url] },
    setting: flags.length === 0 ? 'its defaults' : flags.join(' '),
    pids: [server.pid],
    metricsUrl: server.url,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/**
 * Uses a server that runs already.
 *
 * @throws UsageError when none is ready there.
 */
export async function findOurs(url: string): Promise<Target> {
  // A base without its last slash would lose its last part when paths are resolved against it.
  const base = url.endsWith('/') ? url : `${url}/`;
  const answer = URL.canParse(base) ? await fetch(new URL('readyz', base)).catch(() => undefined) : undefined;
  if (!answer?.ok) {
    throw new UsageError(`no server is ready at ${url}${answer ? `, it answered ${answer.status}` : ''}`);
  }
  return {
    address: { name: 'outspoken', protocol: 'asr.v1', urls: [base] },
    setting: `found at ${base}`,
    pids: [],
    metricsUrl: base,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Settings that could be the peer's best on a machine: as many processes as cores, as many clips at once, as many threads. */
export function peerSettings(cores: number): PeerSetting[] {
  const alone = { processes: 1, atOnce: 1, threadsPerClip: 1 };
  return cores === 1
    ? [alone]
    : [
        { ...alone, processes: cores },
        { ...alone, atOnce: cores },
        { ...alone, threadsPerClip: cores },
      ];
}

/** A setting in words. */
export function formatPeerSetting({ processes, atOnce, threadsPerClip }: PeerSetting): string {
  return `${count(processes, 'process', 'es')}, ${count(atOnce, 'clip')} at once in each, ${count(threadsPerClip, 'thread')} for a clip`;
}

/** Starts the plain peer. */
export async function startPeer(setting: PeerSetting): Promise<Target> {
  const children = Array.from({ length: setting.processes }, () =>
    fork(fileURLToPath(new URL('peer-server.ts', import.meta.url)), [String(setting.atOnce), String(setting.threadsPerClip)], {
      // Decoding runs on the threads of libuv, of which there are four unless told otherwise.
      env: { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(4, setting.atOnce)) },
    }),
  );
  const urls = await Promise.all(children.map(addressOf));
  return {
    address: { name: 'sherpa-onnx', protocol: 'plain', urls },
    setting: formatPeerSetting(setting),
    pids: children.map(({ pid }) => pid ?? 0),
    metricsUrl: undefined,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(end));
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  const over = new AbortController();
  try {
    const died = once(child, 'exit', { signal: over.signal }).then(([code, signal]) => {
      throw new Error(`the peer ended with ${code ?? signal} before it was ready`);
    });
    const [url] = await Promise.race([once(child, 'message', { signal: over.signal }), died]);
    return url as string;
  } finally {
    over.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

function count(number: number, noun: string, ending = 's'): string {
  return `${number} ${noun}${number === 1 ? '' : ending}`;
}
