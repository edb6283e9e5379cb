import type { EdgeUsage } from '@outspoken/monitoring';
import type { ReportMessage } from '@outspoken/protocol';

/** A device cannot capture faster than time passes; this much is forgiven for late reports. */
const SLACK_MS = 60_000;

/** Turns the running totals of a device into what was new in each report. */
export class EdgeReport {
  #last: EdgeUsage = { capturedMs: 0, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 };
  #lastMs: number;

  /** @param nowMs - Monotonic time at which the session began. */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /**
   * @returns What is new since the last report; `undefined` if the device claims more than the time that has passed: it speaks of a
   * session with an earlier server, which counted that, or it is making figures up.
   */
  advance(report: ReportMessage, nowMs: number): EdgeUsage | undefined {
    const elapsedMs = nowMs - this.#lastMs;
    const last = this.#last;
    this.#last = report;
    this.#lastMs = nowMs;
    if (report.capturedMs - last.capturedMs > elapsedMs + SLACK_MS) return undefined;
    return {
      capturedMs: Math.max(0, report.capturedMs - last.capturedMs),
      voicedMs: Math.max(0, report.voicedMs - last.voicedMs),
      sentMs: Math.max(0, report.sentMs - last.sentMs),
      capturedBytes: Math.max(0, report.capturedBytes - last.capturedBytes),
      sentBytes: Math.max(0, report.sentBytes - last.sentBytes),
    };
  }
}
