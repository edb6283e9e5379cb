/** Limits of sessions and clips. Every store has a bound; what happens at the bound is said beside it. */
export interface SessionOptions {
  /** Sessions held at once, those waiting to be resumed included. At the bound the session that has waited longest for its client goes; if all are connected, new ones are refused. */
  readonly maximumSessions: number;
  /** How long a ticket may wait for its socket, in milliseconds. */
  readonly ticketTtlMs: number;
  /** Unused tickets held at once; at the bound the oldest goes, so that a flood of requests cannot lock others out. */
  readonly maximumTickets: number;
  /** How long a session waits for its client to come back, in milliseconds. */
  readonly resumeWindowMs: number;
  /** Clips of one session without a final at once; more are refused with `window_exceeded`. */
  readonly windowClips: number;
  /** Longest clip, in milliseconds; at most 30 000. */
  readonly maximumClipMs: number;
  /** Silence of the wire after which an open clip is finalised as `stalled`, in milliseconds. Does not run while the client is away. */
  readonly stallMs: number;
  /** Results kept for one session until `done`; at the bound the oldest goes. */
  readonly maximumResults: number;
  /** Audio held over all sessions, in bytes; at the bound clips are answered `busy`. */
  readonly maximumAudioBytes: number;
  /** New audio between two interims of a clip, in milliseconds. */
  readonly interimEveryMs: number;
  /** Predicted wait above which no interim is asked for, in milliseconds. */
  readonly interimMaximumWaitMs: number;
  /** Clip length that is assumed for admission before the real one is known, in milliseconds. */
  readonly typicalClipMs: number;
  /** Longest useful time of a final in the queue, in milliseconds; after it the client is told `deadline_exceeded` and sends again. */
  readonly finalDeadlineMs: number;
}

/** Defaults of {@link SessionOptions}. */
export const DEFAULT_SESSION_OPTIONS: SessionOptions = Object.freeze({
  maximumSessions: 1_000,
  ticketTtlMs: 60_000,
  maximumTickets: 10_000,
  resumeWindowMs: 60_000,
  windowClips: 8,
  maximumClipMs: 30_000,
  stallMs: 5_000,
  maximumResults: 64,
  maximumAudioBytes: 512 * 1024 * 1024,
  interimEveryMs: 1_000,
  interimMaximumWaitMs: 500,
  typicalClipMs: 3_000,
  finalDeadlineMs: 10_000,
});

const RANGES: { readonly [Key in keyof SessionOptions]: readonly [minimum: number, maximum: number] } = {
  maximumSessions: [1, 1_000_000],
  ticketTtlMs: [1_000, 600_000],
  maximumTickets: [1, 1_000_000],
  resumeWindowMs: [0, 600_000],
  windowClips: [1, 256],
  maximumClipMs: [1_000, 30_000],
  stallMs: [100, 60_000],
  maximumResults: [1, 512],
  maximumAudioBytes: [1_000_000, Number.MAX_SAFE_INTEGER],
  interimEveryMs: [100, 60_000],
  interimMaximumWaitMs: [0, 60_000],
  typicalClipMs: [100, 30_000],
  finalDeadlineMs: [100, 600_000],
};

/**
 * Fills in the defaults and checks every limit once.
 *
 * @throws RangeError naming the limit, its range and what arrived.
 */
export function sessionOptions(given: Partial<SessionOptions> = {}): SessionOptions {
  const options = { ...DEFAULT_SESSION_OPTIONS, ...given };
  for (const name of Object.keys(RANGES) as (keyof SessionOptions)[]) {
    const [minimum, maximum] = RANGES[name];
    const value = options[name];
    if (!(value >= minimum && value <= maximum)) throw new RangeError(`${name} must be ${minimum}-${maximum}, got ${value}`);
  }
  return Object.freeze(options);
}
