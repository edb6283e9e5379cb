import type { CaptureStatus, ConnectionState, LevelFrame } from '@outspoken/edge';
import { requireElement, setText } from './dom.ts';
import { formatClock, formatLevel, formatPercent } from './format.ts';
import type { ListeningMode } from './listening.ts';

const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  idle: 'not connected',
  connecting: 'connecting',
  open: 'connected',
  waiting: 'away, trying again',
  closed: 'not connected',
};

/** Figures change this often at most: faster ones cannot be read. */
const METER_INTERVAL_MS = 160;

/** What the page is doing, in words: state, connection, meters, and the labels of the buttons. */
export class StatusView {
  readonly #state = requireElement('state', HTMLParagraphElement);
  readonly #stateText = requireElement('state-text', HTMLSpanElement);
  readonly #announcer = requireElement('state-announcer', HTMLParagraphElement);
  readonly #connection = requireElement('connection', HTMLParagraphElement);
  readonly #connectionText = requireElement('connection-text', HTMLSpanElement);
  readonly #listen = requireElement('listen', HTMLButtonElement);
  readonly #listenText = requireElement('listen-text', HTMLSpanElement);
  readonly #mute = requireElement('mute', HTMLButtonElement);
  readonly #recording = requireElement('recording', HTMLButtonElement);
  readonly #recordingText = requireElement('recording-text', HTMLSpanElement);
  readonly #time = requireElement('meter-time', HTMLElement);
  readonly #level = requireElement('meter-level', HTMLElement);
  readonly #probability = requireElement('meter-probability', HTMLElement);
  #metersShownAtMs = 0;

  /** The state of the page, with the sound's own state when there is a capture. */
  showState(mode: ListeningMode, status: CaptureStatus | undefined): void {
    const words = stateWords(mode, status);
    this.#state.dataset['state'] = mode === 'idle' ? 'idle' : mode === 'stopping' ? 'stopping' : (status?.state ?? 'starting');
    this.#state.dataset['muted'] = String(status?.isMuted ?? false);
    setText(this.#stateText, words);
    setText(this.#announcer, words);
    this.#showButtons(mode, status?.isMuted ?? false);
    if (mode === 'idle' || status?.isMuted) {
      this.#state.dataset['speech'] = 'false';
      setText(this.#level, '–');
      setText(this.#probability, '–');
    }
  }

  showConnection(status: CaptureStatus): void {
    this.#connection.dataset['state'] = status.connection;
    const seconds = status.retryInMs === undefined ? '' : ` in ${Math.max(1, Math.round(status.retryInMs / 1000))} s`;
    setText(this.#connectionText, CONNECTION_WORDS[status.connection] + (status.connection === 'waiting' ? seconds : ''));
  }

  showLevel(frame: LevelFrame): void {
    this.#state.dataset['speech'] = String(frame.isSpeech);
    const nowMs = performance.now();
    if (nowMs - this.#metersShownAtMs < METER_INTERVAL_MS) return;
    this.#metersShownAtMs = nowMs;
    setText(this.#time, formatClock(frame.timeMs));
    setText(this.#level, formatLevel(frame.levelDbfs));
    setText(this.#probability, formatPercent(frame.probability));
  }

  #showButtons(mode: ListeningMode, isMuted: boolean): void {
    const isActive = mode !== 'idle';
    const isRecording = mode === 'recording';
    // Their labels change with the state, so they are not toggle buttons to a screen reader: "Stop, pressed" would say it twice.
    this.#listen.dataset['active'] = String(isActive);
    this.#recording.dataset['active'] = String(isRecording);
    setText(this.#listenText, isActive ? 'Stop listening' : 'Start listening');
    // A button that is disabled loses the focus, and whoever uses the keyboard their place.
    const canMute = mode === 'microphone' || mode === 'recording';
    if (!canMute && document.activeElement === this.#mute) this.#listen.focus();
    this.#mute.disabled = !canMute;
    this.#mute.setAttribute('aria-pressed', String(isMuted));
    if (mode !== 'starting' && mode !== 'stopping') this.#recording.disabled = mode === 'microphone';
    setText(this.#recordingText, isRecording ? 'Stop the playback' : 'Play a recording');
  }
}

/** The state in the words of the person who speaks. */
function stateWords(mode: ListeningMode, status: CaptureStatus | undefined): string {
  if (mode === 'idle') return 'Ready';
  if (mode === 'stopping') return 'Finishing';
  if (mode === 'starting') return 'Starting';
  if (status?.isMuted) return 'Muted';
  switch (status?.state) {
    case 'suspended':
      return 'Waiting for a tap';
    case 'recovering':
      return 'Looking for the microphone';
    case 'starting':
      return 'Starting';
    default:
      return mode === 'recording' ? 'Listening to the recording' : 'Listening';
  }
}
