import type { EdgeUsage } from '@outspoken/monitoring';
import type { ReportMessage } from '@outspoken/protocol';

/** A device cannot capture faster than time passes; this much is forgiven for late reports, once. */
const SLACK_MS = 60_000;
/** What streaming everything costs in one millisecond: 16 samples of 16 bits. */
const CAPTURED_BYTES_PER_MS = 32;
/** More than a connection lets through in one millisecond, audio that is sent again included. */
const SENT_BYTES_PER_MS = 1_100;

/** Turns the running totals of a device into what was new in each report. */
export class EdgeReport {
  #last: EdgeUsage = { capturedMs: 0, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 };
  #lastMs: number;
  /** Audio that the device may still report: it grows with time and shrinks with what is counted. */
  #allowedMs = SLACK_MS;

  /** @param nowMs - Monotonic time at which the session began. */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /**
   * @returns What is new since the last report; `undefined` if the device claims more than the time that has passed: it speaks of a
   * session with an earlier server, which counted that, or it is making figures up.
   */
  advance(report: ReportMessage, nowMs: number): EdgeUsage | undefined {
    this.#allowedMs += nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    const usage = newSince(this.#last, report);
    this.#last = report;
    const leastMs = leastTimeMs(usage);
    if (leastMs > this.#allowedMs) return undefined;
    this.#allowedMs -= leastMs;
    return usage;
  }
}

function newSince(last: EdgeUsage, report: EdgeUsage): EdgeUsage {
  return {
    capturedMs: Math.max(0, report.capturedMs - last.capturedMs),
    voicedMs: Math.max(0, report.voicedMs - last.voicedMs),
    sentMs: Math.max(0, report.sentMs - last.sentMs),
    capturedBytes: Math.max(0, report.capturedBytes - last.capturedBytes),
    sentBytes: Math.max(0, report.sentBytes - last.sentBytes),
  };
}

/** The time in which a device can have done all this at the earliest, in milliseconds. */
function leastTimeMs({ capturedMs, voicedMs, sentMs, capturedBytes, sentBytes }: EdgeUsage): number {
  return Math.max(capturedMs, voicedMs, sentMs, capturedBytes / CAPTURED_BYTES_PER_MS, sentBytes / SENT_BYTES_PER_MS);
}
