import { isTyped } from './worker-protocol.ts';

/** A child's end of the channel to its parent; `process` of a forked child fits. */
export interface WorkerPort {
  readonly connected?: boolean;
  send?(message: unknown, handle?: undefined, options?: undefined, callback?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Why a service in a child process ended. */
export type ServiceEnd = 'closed' | 'disconnected' | 'load_failed';

/** What a child does once it has loaded what it needs. */
export interface ChildService {
  /** A message of the parent other than `close`. */
  receive(message: { readonly type: string }): void;
  /** Gives up what runs. */
  abort(): void;
}

/**
 * The life of a child process: loads, serves, and ends when the parent says `close` or is gone. A failure to load is told to the
 * parent as `load_failed`.
 */
export async function serveChild<Resource>(
  port: WorkerPort,
  options: {
    readonly load: () => Promise<Resource>;
    /** Begins to serve, and tells the parent so. */
    readonly start: (resource: Resource, send: (message: { readonly type: string }) => void) => ChildService;
  },
): Promise<ServiceEnd> {
  const ending = new Promise<'closed' | 'disconnected'>((resolve) => {
    port.on('disconnect', () => resolve('disconnected'));
    port.on('message', (message) => {
      if (isTyped(message) && message.type === 'close') {
        resolve('closed');
      }
    });
  });
  const send = (message: { readonly type: string }): void => {
    if (port.connected ?? true) {
      // A failure means that the parent is gone, which `disconnect` says too.
      port.send?.(message, undefined, undefined, () => {});
    }
  };
  const loading = options.load().then(
    (resource) => ({ resource }),
    (error: unknown) => ({ error }),
  );
  const loaded = await Promise.race([loading, ending]);
  if (typeof loaded === 'string') {
    return loaded;
  }
  if ('error' in loaded) {
    const failure = { type: 'load_failed', message: messageOf(loaded.error) };
    send(failure);
    // The parent ends this process: one that ends by itself can be gone before its last message is read.
    await ending;
    return 'load_failed';
  }
  const service = options.start(loaded.resource, send);
  port.on('message', (message) => {
    if (isTyped(message)) {
      service.receive(message);
    }
  });
  const reason = await ending;
  service.abort();
  return reason;
}

/** The message and those of its causes: an error does not cross the process boundary itself. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [firstLine = ''] = error.message.split('\n');
  return error.cause === undefined ? firstLine : `${firstLine}: ${messageOf(error.cause)}`;
}
