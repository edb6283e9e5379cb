/** What can go wrong between the microphone and the server; each has words for the person in {@link EdgeError.advice}. */
export type EdgeErrorCode =
  | 'permission_denied'
  | 'permission_dismissed'
  | 'no_device'
  | 'device_in_use'
  | 'constraints'
  | 'insecure_context'
  | 'unsupported'
  | 'device_lost'
  | 'context_suspended'
  | 'no_frames'
  | 'asset_failed'
  | 'model_failed'
  | 'worker_failed'
  | 'server_unreachable'
  | 'server_refused'
  | 'server_away'
  | 'aborted'
  | 'closed';

interface ErrorGuide {
  readonly advice: string;
  readonly isRecoverable: boolean;
}

const RETRY: Pick<ErrorGuide, 'isRecoverable'> = { isRecoverable: true };

/** Advice and recoverability of each code: words that can be shown to the person as they are. */
export const EDGE_ERROR_GUIDE: Readonly<Record<EdgeErrorCode, ErrorGuide>> = Object.freeze({
  permission_denied: { ...RETRY, advice: 'Allow the microphone for this site in the browser’s site settings, then start again.' },
  permission_dismissed: { ...RETRY, advice: 'The question was closed without an answer: start again and choose “Allow”.' },
  no_device: { ...RETRY, advice: 'Connect a microphone, or switch it on in the system settings, then start again.' },
  device_in_use: { ...RETRY, advice: 'Another program holds the microphone: close it, then start again.' },
  constraints: { ...RETRY, advice: 'The chosen microphone cannot do what was asked: choose another one, then start again.' },
  insecure_context: {
    isRecoverable: false,
    advice: 'Browsers give the microphone only to https:// pages and to localhost: open this page there.',
  },
  unsupported: { isRecoverable: false, advice: 'This browser is too old: use a current Chrome, Edge, Firefox or Safari.' },
  device_lost: { ...RETRY, advice: 'The microphone was unplugged or taken away: plug it in again, listening goes on by itself.' },
  context_suspended: { ...RETRY, advice: 'The browser holds audio back until you tap or press a key on this page.' },
  no_frames: { ...RETRY, advice: 'The microphone is open but delivers no sound: check that it is switched on, or choose another one.' },
  asset_failed: { ...RETRY, advice: 'A file of the speech SDK could not be loaded: check assetBaseUrl and what the server answers there.' },
  model_failed: {
    ...RETRY,
    advice: 'The speech detector did not pass its check: reload the page, and see that its files are the ones shipped.',
  },
  worker_failed: { ...RETRY, advice: 'The background worker stopped: start again.' },
  server_unreachable: { ...RETRY, advice: 'The server does not answer: what you say is kept and sent as soon as it does.' },
  server_refused: { ...RETRY, advice: 'The server does not accept a new session now.' },
  server_away: { ...RETRY, advice: 'The connection was lost: what you say is kept and sent when it is back.' },
  aborted: { ...RETRY, advice: 'Listening was stopped before it had begun: start again when you are ready.' },
  closed: { isRecoverable: false, advice: 'This capture was closed: create a new one.' },
});

/** An error as plain data: what crosses the thread boundary, and the detail of the `error` event. */
export interface EdgeErrorDetail {
  readonly code: EdgeErrorCode;
  /** What happened, for a log: no user text, no audio. */
  readonly message: string;
  /** What the person can do next, in one or two sentences. */
  readonly advice: string;
  /** Whether `start()` on the same instance can work, or the SDK goes on trying by itself. */
  readonly isRecoverable: boolean;
  /** Code of the layer below when it gave one: a DOMException name or a code of the protocol. */
  readonly causeCode?: string;
}

/** A coded error of the browser SDK. */
export class EdgeError extends Error implements EdgeErrorDetail {
  readonly code: EdgeErrorCode;
  readonly advice: string;
  readonly isRecoverable: boolean;
  readonly causeCode?: string;

  constructor(code: EdgeErrorCode, message: string, options: ErrorOptions & { readonly causeCode?: string } = {}) {
    super(message, options);
    this.name = 'EdgeError';
    this.code = code;
    this.advice = EDGE_ERROR_GUIDE[code].advice;
    this.isRecoverable = EDGE_ERROR_GUIDE[code].isRecoverable;
    if (options.causeCode !== undefined) {
      this.causeCode = options.causeCode;
    }
  }

  /** The error as plain data. */
  toDetail(): EdgeErrorDetail {
    const { code, message, advice, isRecoverable, causeCode } = this;
    return causeCode === undefined ? { code, message, advice, isRecoverable } : { code, message, advice, isRecoverable, causeCode };
  }

  /** The error that a detail from another thread describes. */
  static fromDetail(detail: EdgeErrorDetail): EdgeError {
    return new EdgeError(detail.code, detail.message, detail.causeCode === undefined ? {} : { causeCode: detail.causeCode });
  }
}
