import type { GraphVariant } from '@outspoken/asr';
import { progress } from '../support/command-line.ts';
import { type HeardClip, type ListenerName, openListener, type Way } from './listener.ts';
import type { Said } from './said.ts';

/** What one system made of one item in one way. */
export interface Heard {
  readonly listener: ListenerName;
  readonly way: Way;
  readonly said: Said;
  /** In order; undefined when the system refused it. */
  readonly clips: readonly HeardClip[] | undefined;
  /** The texts of the clips, joined. */
  readonly text: string;
}

const PROGRESS_INTERVAL_MS = 10_000;

/** Lets every system hear everything, as many systems at a time as are asked for: nothing is timed here. */
export async function hearAll(
  names: readonly ListenerName[],
  said: readonly Said[],
  { graph, lanes }: { readonly graph: GraphVariant; readonly lanes: number },
): Promise<Heard[]> {
  const waiting = [...names];
  const heard: Heard[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) heard.push(...(await hearWith(name, said, graph)));
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return heard;
}

async function hearWith(name: ListenerName, said: readonly Said[], graph: GraphVariant): Promise<Heard[]> {
  progress(`${name}: loading`);
  await using listener = await openListener(name, graph);
  const heard: Heard[] = [];
  let toldAtMs = performance.now();
  for (const [index, one] of said.entries()) {
    for (const way of listener.ways) {
      if (way === 'whole' && !one.whole) continue;
      const clips = await listener.hear(one, way);
      heard.push({ listener: name, way, said: one, clips, text: joinTexts(clips ?? []) });
    }
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      progress(`${name}: ${index + 1} of ${said.length} recordings`);
    }
  }
  progress(`${name}: done`);
  return heard;
}

function joinTexts(clips: readonly HeardClip[]): string {
  return clips
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}
