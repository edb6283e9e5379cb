import type { TranscriptDetail } from '@outspoken/edge';
import { createElement } from './dom.ts';
import { formatClock, formatDelay, formatPercent, formatSeconds } from './format.ts';

/** What is known of a clip before its transcript. */
export interface ClipFacts {
  readonly clipId: string;
  /** Place among the clips of this page, from 1. */
  readonly number: number;
  /** First sample in session time, in milliseconds. */
  readonly startMs: number;
}

type TranscriptWord = TranscriptDetail['words'][number];

const LOW_CONFIDENCE = 0.5;
const MIDDLING_CONFIDENCE = 0.8;

const EMPTY_REASONS: Readonly<Record<string, string>> = {
  silence: 'Nothing but silence reached the recognizer.',
  no_speech: 'No words were heard in this clip.',
  too_short: 'Too short to hold a word.',
  filtered: 'What came out looked like noise, so it was left out.',
};

const GUARDS: Readonly<Record<string, string>> = {
  repetition: 'a runaway repetition was cut off',
  forced_start: 'the model would have heard nothing, but somebody spoke',
  memorised_phrase: 'a phrase that the model knows by heart was left out',
  unlikely_text: 'the model was too unsure of what it wrote',
  token_cap: 'stopped at the longest text that fits its length',
};

/** One clip in the transcript: its number and time, its words, and what it took. */
export class TranscriptItem {
  readonly element: HTMLLIElement;
  readonly #text = createElement('p', 'clip-text');
  readonly #facts = createElement('p', 'clip-facts');
  #plainText = '';

  constructor(facts: ClipFacts) {
    const head = createElement(
      'p',
      'clip-head',
      createElement('span', 'clip-number', createElement('span', 'vh', 'Clip '), `#${facts.number}`),
      createElement('span', 'clip-time', createElement('span', 'vh', ', at '), formatClock(facts.startMs)),
    );
    this.element = createElement('li', 'clip', head, createElement('div', 'clip-body', this.#text, this.#facts));
    this.element.dataset['clipId'] = facts.clipId;
    this.element.dataset['testid'] = 'transcript-item';
    this.#setState('interim', '');
    this.#text.append(createElement('span', 'clip-waiting', 'Listening'));
    this.#facts.append('Sent while you speak');
  }

  /** The text as it is copied; empty until the final one. */
  get plainText(): string {
    return this.#plainText;
  }

  /** The clip is whole and the server has it to work on. */
  showWaiting(durationMs: number): void {
    if (this.element.dataset['state'] !== 'interim') return;
    this.#facts.replaceChildren(`${formatSeconds(durationMs)}, waiting for the words`);
    if (!this.element.dataset['text']) this.#text.replaceChildren(createElement('span', 'clip-waiting', 'Recognizing'));
  }

  showInterim(text: string): void {
    if (this.element.dataset['state'] !== 'interim') return;
    this.#setState('interim', text);
    this.#text.replaceChildren(text);
  }

  showFinal(detail: TranscriptDetail): void {
    this.#plainText = detail.text;
    this.#setState('final', detail.text);
    if (detail.text) this.#text.replaceChildren(...wordElements(detail.words, detail.text));
    else this.#text.replaceChildren(createElement('span', 'clip-nothing', emptyWords(detail.emptyReason)));
    this.#facts.replaceChildren(...factElements(detail));
  }

  showFailure(message: string): void {
    this.#setState('failed', '');
    this.#text.replaceChildren(createElement('span', 'clip-nothing', 'The server could not take this clip.'));
    this.#facts.replaceChildren(message);
  }

  #setState(state: 'interim' | 'final' | 'failed', text: string): void {
    this.element.dataset['state'] = state;
    this.element.dataset['text'] = text;
  }
}

/** Why a transcript is empty, in plain words. */
export function emptyWords(reason: string | undefined): string {
  return EMPTY_REASONS[reason ?? ''] ?? 'No words came out of this clip.';
}

function wordElements(words: readonly TranscriptWord[], text: string): (Node | string)[] {
  if (words.length === 0) return [text];
  return words.flatMap((word, index) => (index === 0 ? [wordElement(word)] : [' ', wordElement(word)]));
}

// The bar under a word is as long as the recognizer is sure; doubtful words also say so to a screen reader.
function wordElement(word: TranscriptWord): HTMLSpanElement {
  const percent = formatPercent(word.confidence);
  const element = createElement('span', 'word', word.text);
  element.style.setProperty('--confidence', word.confidence.toFixed(3));
  element.title = `${percent} sure`;
  element.dataset['percent'] = String(Math.round(word.confidence * 100));
  const isLow = word.confidence < LOW_CONFIDENCE;
  element.dataset['level'] = isLow ? 'low' : word.confidence < MIDDLING_CONFIDENCE ? 'middling' : 'high';
  if (isLow) element.append(createElement('span', 'vh', ` (only ${percent} sure)`));
  return element;
}

function factElements(detail: TranscriptDetail): Node[] {
  const facts = [fact('Length', formatSeconds(detail.endMs - detail.startMs))];
  const delayMs = detail.sinceSpeechMs ?? detail.latencyMs;
  if (delayMs !== undefined) facts.push(fact('after you stopped', formatDelay(delayMs), 'latency'));
  // Not the wait for the server: what was recognized while the person paused was waited for 0 ms.
  facts.push(fact('to recognize', formatDelay(detail.timings.encoderMs + detail.timings.decoderMs)));
  if (detail.text) facts.push(fact('sure', formatPercent(detail.confidence)));
  if (detail.effort !== undefined && detail.effort !== 'fast') facts.push(createElement('span', 'fact', 'Heard again to be surer'));
  if (detail.continues) facts.push(createElement('span', 'fact', 'Long speech, cut at its quietest point'));
  for (const guard of detail.guards)
    facts.push(createElement('span', 'fact fact-guard', `Note: ${GUARDS[guard] ?? guard.replaceAll('_', ' ')}`));
  return facts;
}

function fact(label: string, value: string, testId?: string): HTMLElement {
  const figure = createElement('b', '', value);
  const element = label === 'Length' ? createElement('span', 'fact', figure) : createElement('span', 'fact', figure, ` ${label}`);
  if (testId) element.dataset['testid'] = testId;
  return element;
}
