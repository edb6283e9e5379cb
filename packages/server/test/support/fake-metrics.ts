import type { ServerMetrics } from '../../src/server-options.ts';

type Call = readonly [name: string, ...args: unknown[]];

/** Remembers what was recorded. */
export function fakeMetrics(): ServerMetrics & { readonly calls: Call[]; count(name: string, ...args: unknown[]): number } {
  const calls: Call[] = [];
  const names = [
    'clipFinished',
    'requestFinished',
    'rejected',
    'connectionOpened',
    'connectionClosed',
    'sessionOpened',
    'sessionClosed',
    'resumeFinished',
    'interimSent',
    'interimDropped',
    'refinementFinished',
    'edgeReported',
    'setDraining',
    'audioReceived',
    'uploadReceived',
    'fileStarted',
    'fileFinished',
  ] as const;
  const recorder = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => calls.push([name, ...args])]));
  return {
    ...(recorder as unknown as ServerMetrics),
    calls,
    count: (name, ...args) => calls.filter((call) => call[0] === name && args.every((arg, i) => call[i + 1] === arg)).length,
    exposition: async () => '# nothing\n',
    contentType: 'text/plain; version=0.0.4',
  };
}
