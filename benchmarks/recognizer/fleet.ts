import { ForkedRecognizer } from '../support/forked-recognizer.ts';
import { sum } from '../support/quantiles.ts';
import type { RecognizerSettings } from '../support/recognizer-protocol.ts';
import { StartedGroup } from '../support/started-group.ts';

/** How a system uses the whole machine. */
export interface FleetSettings extends RecognizerSettings {
  readonly processes: number;
  /** Clips of one call; more than one only for our own recognizer. */
  readonly batch: number;
}

/** What a fleet got done in one go. */
export interface FleetFigures {
  readonly audioSecondsPerSecond: number;
  readonly clipsPerSecond: number;
  /** Processor time over wall time: 2 are two cores at work. */
  readonly busyCores: number;
  readonly memoryBytesPerProcess: number;
}

/** `2 processes x 1 thread, batches of 4` */
export function formatFleet({ processes, threads, batch }: FleetSettings): string {
  return `${processes} x ${threads} thread${threads === 1 ? '' : 's'}${batch > 1 ? `, batches of ${batch}` : ''}`;
}

/** Processes of one system that work on the same clips at the same time, each from another place on. */
export class Fleet implements AsyncDisposable {
  readonly settings: FleetSettings;
  readonly #group: StartedGroup<ForkedRecognizer>;

  private constructor(settings: FleetSettings, group: StartedGroup<ForkedRecognizer>) {
    this.settings = settings;
    this.#group = group;
  }

  static async start(settings: FleetSettings, clips: readonly Float32Array[]): Promise<Fleet> {
    const { system, threads, graph, processes, batch } = settings;
    const starts = Array.from({ length: processes }, () => () => ForkedRecognizer.start({ system, threads, graph }));
    const fleet = new Fleet(settings, await StartedGroup.start(starts));
    for (const [index, member] of fleet.#group.members.entries()) {
      await member.ask({ type: 'keep', clips, batch, firstShare: index / processes });
      await member.ask({ type: 'transcribe', clips: clips.slice(0, batch) });
    }
    return fleet;
  }

  /** Keeps every process at work for so long. */
  async saturate(durationMs: number): Promise<FleetFigures> {
    const done = await Promise.all(this.#group.members.map((member) => member.ask({ type: 'saturate', durationMs })));
    return {
      // Each process over its own time: the last calls do not end together.
      audioSecondsPerSecond: sum(done.map(({ audioMs, wallMs }) => audioMs / wallMs)),
      clipsPerSecond: sum(done.map(({ clips, wallMs }) => (1000 * clips) / wallMs)),
      busyCores: sum(done.map(({ cpuMs, wallMs }) => cpuMs / wallMs)),
      memoryBytesPerProcess: Math.max(...done.map(({ memoryBytes }) => memoryBytes)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group[Symbol.asyncDispose]();
  }
}
