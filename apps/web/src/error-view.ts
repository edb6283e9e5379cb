import type { CaptureStatus, EdgeErrorCode, EdgeErrorDetail } from '@outspoken/edge';
import { createElement, requireElement } from './dom.ts';

/** What went wrong, as a heading; the advice comes from the SDK. */
const TITLES: Readonly<Record<EdgeErrorCode, string>> = {
  permission_denied: 'The microphone is blocked for this page',
  permission_dismissed: 'The microphone was not allowed yet',
  no_device: 'No microphone found',
  device_in_use: 'The microphone is in use',
  constraints: 'This microphone does not fit',
  insecure_context: 'This address cannot use a microphone',
  unsupported: 'This browser cannot do it',
  device_lost: 'The microphone is gone',
  context_suspended: 'The browser holds the sound back',
  no_frames: 'The microphone is silent',
  asset_failed: 'A part of the page did not load',
  model_failed: 'The speech detector did not start',
  worker_failed: 'The speech detector stopped',
  server_unreachable: 'No connection to the server',
  server_refused: 'The server takes no new session',
  server_away: 'Working without the server for now',
  aborted: 'Listening was stopped before it began',
  closed: 'This session is over',
};

const SERVER_CODES: ReadonlySet<EdgeErrorCode> = new Set(['server_unreachable', 'server_refused', 'server_away']);
const SOUND_CODES: ReadonlySet<EdgeErrorCode> = new Set(['device_lost', 'context_suspended', 'no_frames']);

/** What "try again" means: to listen anew, or to ask the server at once. The latter never opens the microphone. */
type RetryKind = 'start' | 'connect';

/** The box that says what went wrong and what to do; gone again when the trouble is. */
export class ErrorView {
  readonly #box = requireElement('error', HTMLDivElement);
  readonly #listen = requireElement('listen', HTMLButtonElement);
  readonly #onRetry: (what: RetryKind) => void;
  #code: EdgeErrorCode | undefined;

  constructor(onRetry: (what: RetryKind) => void) {
    this.#onRetry = onRetry;
  }

  /** @param canStart - Whether to offer a new start: not while the SDK goes on trying by itself. */
  show(error: EdgeErrorDetail, canStart: boolean): void {
    const retry = SERVER_CODES.has(error.code) ? 'connect' : canStart && error.isRecoverable ? 'start' : undefined;
    this.#showBox(error.code, TITLES[error.code], error.advice, `${error.code}: ${error.message}`, retry);
  }

  /** Trouble that is not the SDK's: the page's own recording could not be loaded. */
  showPageTrouble(title: string, advice: string, detail: string): void {
    this.#showBox(undefined, title, advice, detail, 'start');
  }

  hide(): void {
    this.#code = undefined;
    // What goes away under the focus leaves whoever uses the keyboard at the top of the page.
    if (this.#box.contains(document.activeElement)) this.#listen.focus();
    this.#box.hidden = true;
    this.#box.replaceChildren();
  }

  /** Takes an error away once the status shows that it is over. */
  settle(status: CaptureStatus): void {
    if (!this.#code) return;
    const isServerBack = SERVER_CODES.has(this.#code) && status.connection === 'open';
    const isSoundBack = SOUND_CODES.has(this.#code) && status.state === 'listening';
    if (isServerBack || isSoundBack) this.hide();
  }

  #showBox(code: EdgeErrorCode | undefined, title: string, advice: string, detail: string, retryKind?: RetryKind): void {
    this.#code = code;
    this.#box.dataset['code'] = code ?? 'page';
    const dismiss = createElement('button', 'quiet', 'Dismiss');
    dismiss.type = 'button';
    dismiss.addEventListener('click', () => this.hide());
    const actions = createElement('div', 'error-actions');
    if (retryKind) {
      const retry = createElement('button', 'secondary', 'Try again');
      retry.type = 'button';
      retry.dataset['testid'] = 'retry-button';
      retry.addEventListener('click', () => this.#onRetry(retryKind));
      actions.append(retry);
    }
    actions.append(dismiss);
    this.#box.replaceChildren(
      createElement(
        'div',
        'error-words',
        createElement('p', 'error-title', title),
        createElement('p', '', advice),
        createElement('p', 'error-detail', detail),
      ),
      actions,
    );
    this.#box.hidden = false;
    this.#box.scrollIntoView({ block: 'nearest' });
  }
}
