import type { Settings } from '@outspoken/server-app';
import type { chooseGraph } from '@outspoken/server-app/prepare';
import type { CheckResult } from './check.ts';

/** What {@link checkRecognizer} works with. */
export interface RecognizerCheckOptions {
  /** Told while fast graphs are built, which takes a second. */
  readonly onProgress: (text: string) => void;
  /** @defaultValue that of the server */
  readonly choose?: typeof chooseGraph;
}

/** Which graphs the workers recognize with on this processor, and why not with faster ones: to know, nothing to mend. */
export async function checkRecognizer(
  settings: Pick<Settings, 'model' | 'graph' | 'threadsPerWorker'>,
  options: RecognizerCheckOptions,
): Promise<CheckResult> {
  const id = 'recognizer';
  const { model } = settings;
  try {
    // With it comes the runtime, which no other check needs in this process.
    const server = await import('@outspoken/server-app/prepare');
    let notKept: string | undefined;
    const { graph, refused } = await (options.choose ?? server.chooseGraph)(settings, (event) => {
      if (event.type === 'rejected') return;
      const line = server.describeRecognizerEvent(model, event);
      if (event.event.type === 'not_kept') notKept = event.event.reason;
      else if (line !== undefined) options.onProgress(`${line}\n`);
    });
    const reasons = refused.map((other) => `, not ${other.graph}: ${other.reason}`).join('');
    const detail = `${model} recognizes with its ${graph} graphs${reasons}`;
    return notKept === undefined ? { id, state: 'ok', detail } : { id, state: 'warning', detail, advice: notKept };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'install again with "npx -y pnpm@10 install", or choose another model with OUTSPOKEN_MODEL';
    return { id, state: 'problem', detail: `${model} cannot be loaded (${reason})`, advice };
  }
}
