import { encodeMessage, type ReportMessage } from '@outspoken/protocol';

/** What an edge has captured, voiced and sent since it began. */
export type Report = Omit<ReportMessage, 'type'>;

const NOTHING: Report = Object.freeze({ capturedMs: 0, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 });

/**
 * Hands on cumulative reports. The app counts from the start of its client; the server counts per session, so that what an earlier,
 * lost session was told already is taken off. Only the newest report waits while there is no connection.
 */
export class ReportRelay {
  #base: Report = NOTHING;
  #sent: Report = NOTHING;
  #waiting: Report | undefined;
  #send: ((message: ReportMessage) => void) | undefined;

  /** @throws ProtocolError when a figure does not fit the schema. */
  push(report: Report): void {
    encodeMessage({ type: 'report', ...report });
    this.#waiting = report;
    this.#flush();
  }

  attach(send: (message: ReportMessage) => void, isResumed: boolean): void {
    if (!isResumed) this.#base = this.#sent;
    this.#send = send;
    this.#flush();
  }

  detach(): void {
    this.#send = undefined;
  }

  #flush(): void {
    const report = this.#waiting;
    if (!report || !this.#send) return;
    this.#waiting = undefined;
    this.#sent = report;
    this.#send({ type: 'report', ...subtract(report, this.#base) });
  }
}

function subtract(report: Report, base: Report): Report {
  return {
    capturedMs: Math.max(0, report.capturedMs - base.capturedMs),
    voicedMs: Math.max(0, report.voicedMs - base.voicedMs),
    sentMs: Math.max(0, report.sentMs - base.sentMs),
    capturedBytes: Math.max(0, report.capturedBytes - base.capturedBytes),
    sentBytes: Math.max(0, report.sentBytes - base.sentBytes),
  };
}
