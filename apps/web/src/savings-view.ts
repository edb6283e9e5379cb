import type { CaptureStats } from '@outspoken/edge';
import { requireElement, setText } from './dom.ts';
import { formatBytes, formatPercent, formatSeconds } from './format.ts';

/** What stayed on the device: bytes sent against the bytes that streaming everything would have cost. */
export class SavingsView {
  readonly #panel = requireElement('saved', HTMLElement);
  readonly #percent = requireElement('saved-percent', HTMLSpanElement);
  readonly #words = requireElement('saved-words', HTMLParagraphElement);
  readonly #voicedBar = requireElement('bar-voiced', HTMLDivElement);
  readonly #sentBar = requireElement('bar-sent', HTMLDivElement);
  readonly #cells = {
    capturedTime: requireElement('captured-time', HTMLTableCellElement),
    capturedSize: requireElement('captured-size', HTMLTableCellElement),
    voicedTime: requireElement('voiced-time', HTMLTableCellElement),
    sentTime: requireElement('sent-time', HTMLTableCellElement),
    sentSize: requireElement('sent-size', HTMLTableCellElement),
  };

  show(stats: CaptureStats): void {
    this.#panel.dataset['sentBytes'] = String(stats.sentBytes);
    this.#panel.dataset['capturedBytes'] = String(stats.capturedBytes);
    if (stats.capturedBytes > 0) {
      const sentRatio = Math.min(1, stats.sentBytes / stats.capturedBytes);
      setText(this.#percent, formatPercent(1 - sentRatio));
      setText(this.#words, 'of the sound heard never left this device.');
      setWidth(this.#sentBar, sentRatio);
      setWidth(this.#voicedBar, Math.min(1, stats.voicedMs / stats.capturedMs));
    }
    setText(this.#cells.capturedTime, formatSeconds(stats.capturedMs));
    setText(this.#cells.capturedSize, formatBytes(stats.capturedBytes));
    setText(this.#cells.voicedTime, formatSeconds(stats.voicedMs));
    setText(this.#cells.sentTime, formatSeconds(stats.sentMs));
    setText(this.#cells.sentSize, formatBytes(stats.sentBytes));
  }
}

function setWidth(bar: HTMLElement, ratio: number): void {
  bar.style.setProperty('--share', ratio.toFixed(4));
}
