import type { Machine } from '../support/results.ts';
import type { Limits, StepFigures } from './step-figures.ts';
import type { Mode, TargetName } from './step-plan.ts';

/** The knee of one server in one mode, in one round. */
export interface KneeFigures {
  readonly target: TargetName;
  readonly mode: Mode;
  readonly round: number;
  /** The highest load that was carried; null when none was. */
  readonly load: number | null;
  /** The lowest load that was not carried; null when all were: the knee is further up. */
  readonly failedLoad: number | null;
  /** The step at that load. */
  readonly step: StepFigures | null;
  /** Whether the generator may have been what failed. */
  readonly isGeneratorBound: boolean;
}

/** How many times as much we carry as the peer, in one mode. */
export interface KneeRatio {
  readonly mode: Mode;
  readonly what: 'load' | 'clips/s' | 'audio s/s';
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The file that a run leaves. */
export interface QpsResult {
  readonly name: 'qps';
  readonly finishedAt: string;
  readonly machine: Machine;
  readonly commit: string;
  readonly command: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly limits: Readonly<Record<Mode, Limits>>;
  readonly normaliser: string;
  readonly data: {
    readonly name: string;
    readonly recordings: number;
    readonly clips: number;
    readonly audioSeconds: number;
  };
  readonly targets: readonly { readonly name: TargetName; readonly setting: string }[];
  readonly steps: readonly StepFigures[];
  readonly knees: readonly KneeFigures[];
  readonly ratios: readonly KneeRatio[];
}
