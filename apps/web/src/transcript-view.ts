import type { TranscriptDetail } from '@outspoken/edge';
import { requireElement, setText } from './dom.ts';
import { type ClipFacts, emptyWords, TranscriptItem } from './transcript-item.ts';

const COPIED_NOTE_MS = 2000;

/** The list of clips in the order they were spoken, and its buttons. */
export class TranscriptView {
  readonly #list = requireElement('clips', HTMLOListElement);
  readonly #empty = requireElement('empty', HTMLDivElement);
  readonly #copy = requireElement('copy', HTMLButtonElement);
  readonly #figures = requireElement('figures', HTMLButtonElement);
  readonly #announcer = requireElement('announcer', HTMLParagraphElement);
  /** Every clip of the page, without a bound: a few kilobytes each, and words that a person may still want to copy. */
  readonly #items = new Map<string, TranscriptItem>();
  /** An observer, not a measurement: measuring at each word would force a layout each time. */
  readonly #sight = new IntersectionObserver(([entry]) => {
    this.#isNewestInView = entry?.isIntersecting ?? false;
  });
  #isNewestInView = true;
  #isCopyNoteShown = false;
  #newest: Element = this.#empty;
  #scrollRequest = 0;

  constructor() {
    this.#sight.observe(this.#newest);
    this.#figures.addEventListener('click', () => {
      const isShown = this.#figures.getAttribute('aria-pressed') !== 'true';
      this.#figures.setAttribute('aria-pressed', String(isShown));
      this.#list.dataset['figures'] = String(isShown);
    });
    this.#copy.addEventListener('click', () => void this.#copyText());
  }

  /** Puts a clip at the end of the list. */
  open(facts: ClipFacts): void {
    if (this.#items.has(facts.clipId)) return;
    const item = new TranscriptItem(facts);
    this.#items.set(facts.clipId, item);
    this.#empty.hidden = true;
    this.#list.append(item.element);
    this.#sight.unobserve(this.#newest);
    this.#newest = item.element;
    this.#sight.observe(this.#newest);
    this.#follow();
  }

  showWaiting(clipId: string, durationMs: number): void {
    this.#items.get(clipId)?.showWaiting(durationMs);
  }

  showInterim(clipId: string, text: string): void {
    this.#items.get(clipId)?.showInterim(text);
    this.#follow();
  }

  showFinal(detail: TranscriptDetail): void {
    this.#items.get(detail.clipId)?.showFinal(detail);
    this.#follow();
    this.#copy.disabled = this.#text() === '';
    this.announce(detail.text || emptyWords(detail.emptyReason));
  }

  showFailure(clipId: string, message: string): void {
    this.#items.get(clipId)?.showFailure(message);
    this.#follow();
  }

  /** Says something to a screen reader when it is free. */
  announce(text: string): void {
    // A new node each time: the same words said twice are to be read twice.
    this.#announcer.replaceChildren(text);
  }

  #text(): string {
    return [...this.#items.values()].flatMap((item) => item.plainText || []).join('\n');
  }

  async #copyText(): Promise<void> {
    // Not by disabling the button: it would lose the focus.
    if (this.#isCopyNoteShown) return;
    this.#isCopyNoteShown = true;
    const label = this.#copy.textContent;
    try {
      await navigator.clipboard.writeText(this.#text());
      setText(this.#copy, 'Copied');
      this.announce('Transcript copied');
    } catch {
      // Refused by the browser (no permission, no secure context): the text is on the page to be selected.
      setText(this.#copy, 'Select it by hand');
      this.announce('The browser refused to copy. Select the text by hand.');
    }
    setTimeout(() => {
      setText(this.#copy, label);
      this.#isCopyNoteShown = false;
    }, COPIED_NOTE_MS);
  }

  // Keeps the newest clip in sight for someone who reads along, and leaves alone someone who has scrolled away from it.
  #follow(): void {
    if (!this.#isNewestInView) return;
    cancelAnimationFrame(this.#scrollRequest);
    this.#scrollRequest = requestAnimationFrame(() => this.#newest.scrollIntoView({ block: 'nearest' }));
  }
}
