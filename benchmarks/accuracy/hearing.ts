import type { GraphVariant } from '@outspoken/asr';
import { progress } from '../support/command-line.ts';
import { joinedText } from '../support/joined-text.ts';
import { type HeardClip, type ListenerName, openListener, type Way, waysOf } from './listener.ts';
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
    for (const way of waysOf(name)) {
      if (way === 'whole' && !one.whole) continue;
      const clips = await listener.hear(one, way);
      heard.push({ listener: name, way, said: one, clips, text: textOf(one, way, clips ?? []) });
    }
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      progress(`${name}: ${index + 1} of ${said.length} recordings`);
    }
  }
  progress(`${name}: done`);
  return heard;
}

function textOf({ cuts }: Said, way: Way, clips: readonly HeardClip[]): string {
  // Whatever else a server may make of a recording: it is known of our cuts only which of them go on.
  const areOurs = way === 'cuts' && cuts.length === clips.length;
  return joinedText(clips.map(({ text }, index) => ({ text, continues: areOurs && cuts[index]?.continues === true })));
}
