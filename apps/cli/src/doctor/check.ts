/** How a check came out: a `problem` stops the program from working, a `warning` only something of it. */
export type CheckState = 'ok' | 'warning' | 'problem';

/** What one check found. */
export interface CheckResult {
  /** Stable name, for scripts. */
  readonly id: string;
  readonly state: CheckState;
  /** What was found, in one line. */
  readonly detail: string;
  /** What to do about it; absent when all is well. */
  readonly advice?: string;
}
