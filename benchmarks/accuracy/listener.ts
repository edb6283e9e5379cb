import { type Effort, type GraphVariant, RecognizerError } from '@outspoken/asr';
import { ServerProcess } from '../../tests/support/server-process.ts';
import { Talker } from '../../tests/support/talker.ts';
import { UsageError } from '../support/command-line.ts';
import type { CutClip } from '../support/dev-data.ts';
import { ForkedRecognizer } from '../support/forked-recognizer.ts';
import { loadOurs } from '../support/our-recognizer.ts';
import { PEER_NAMES } from '../support/recognizer-protocol.ts';
import type { Said } from './said.ts';

/** Whether a recording is heard in one piece, or in the clips that our detector cuts. */
export const WAYS = ['cuts', 'whole'] as const;
export type Way = (typeof WAYS)[number];

export const OUR_NAMES = ['outspoken', 'balanced', 'best'] as const;
type OurName = (typeof OUR_NAMES)[number];
/** How much time our recognizer takes under each of its names. */
export const EFFORT_OF: Readonly<Record<OurName, Effort>> = { outspoken: 'fast', balanced: 'balanced', best: 'best' };
/** Who hears: our recognizer, the same behind a real server and its socket, and the peers. */
export const LISTENER_NAMES = [...OUR_NAMES, 'server', ...PEER_NAMES] as const;
export type ListenerName = (typeof LISTENER_NAMES)[number];

/** What a system hears; whoever is not compared with the peers hears only what our detector cuts. */
export function waysOf(name: ListenerName): readonly Way[] {
  return name === 'outspoken' || PEER_NAMES.some((peer) => peer === name) ? WAYS : ['cuts'];
}

/** What was heard in one clip. */
export interface HeardClip {
  readonly text: string;
  /** Only our own recognizer says how sure it is. */
  readonly words?: readonly { readonly text: string; readonly confidence: number }[];
  readonly guards?: readonly string[];
}

/** A system that hears. */
export interface Listener extends AsyncDisposable {
  /** The clips in order; undefined when the system refuses the recording because it is too long. */
  hear(said: Said, way: Way): Promise<readonly HeardClip[] | undefined>;
}

const MAXIMUM_ATTEMPTS = 5;

type Clip = Pick<CutClip, 'samples' | 'speech'>;

/** Loads a system. */
export async function openListener(name: ListenerName, graph: GraphVariant): Promise<Listener> {
  if (name === 'server') return await openServer(graph);
  if (isOurs(name)) return await openOurs(EFFORT_OF[name], graph);
  const process = await ForkedRecognizer.start({ system: name, threads: 1, graph });
  return decodingListener(process, async (clips) => {
    const { texts } = await process.ask({ type: 'transcribe', clips: clips.map(({ samples }) => samples) });
    return texts.map((text) => ({ text }));
  });
}

function isOurs(name: ListenerName): name is OurName {
  return name in EFFORT_OF;
}

async function openOurs(effort: Effort, graph: GraphVariant): Promise<Listener> {
  const recognizer = await loadOurs({ graph, threads: 1 });
  return decodingListener(recognizer, async (clips) => {
    try {
      return await recognizer.transcribe(clips.map((clip) => ({ ...clip, effort })));
    } catch (error) {
      if (error instanceof RecognizerError && error.code === 'clip_too_long') return undefined;
      throw error;
    }
  });
}

function decodingListener(owner: AsyncDisposable, decode: (clips: readonly Clip[]) => Promise<readonly HeardClip[] | undefined>): Listener {
  return {
    hear: async ({ whole, cuts }, way) => {
      const clips: readonly Clip[] = way === 'cuts' ? cuts : whole ? [{ samples: whole }] : [];
      return clips.length === 0 ? [] : await decode(clips);
    },
    [Symbol.asyncDispose]: async () => await owner[Symbol.asyncDispose](),
  };
}

/** As a person would say it: cut on the device, sent over a real socket, decoded by the real server. */
async function openServer(graph: GraphVariant): Promise<Listener> {
  const server = await ServerProcess.start(['--log-level', 'warn', ...(graph === 'float' ? [] : ['--graph', graph])]);
  return {
    hear: async ({ samples }) => {
      for (let attempt = 1; ; attempt += 1) {
        await using talker = await Talker.create(server.url);
        await talker.say(samples);
        await talker.stop();
        await talker.settled();
        const [rejection] = talker.rejections;
        if (!rejection) return talker.finals.map(({ final }) => final).sort((first, second) => first.sequence - second.sequence);
        // A recording is said faster than anybody speaks: a busy machine may not keep up.
        if (attempt === MAXIMUM_ATTEMPTS) throw new UsageError(`the server refused a clip ${attempt} times: ${rejection.code}`);
      }
    },
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
}
