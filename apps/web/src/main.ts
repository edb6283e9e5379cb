import { SpeechCapture } from '@outspoken/edge';
import { bindCapture } from './capture-binding.ts';
import { requireElement, setText } from './dom.ts';
import { ErrorView } from './error-view.ts';
import { Listening } from './listening.ts';
import { SavingsView } from './savings-view.ts';
import { StatusView } from './status-view.ts';
import { bindTheme } from './theme.ts';
import { Timeline } from './timeline.ts';
import { TranscriptView } from './transcript-view.ts';
import { WaveformView } from './waveform-view.ts';

// The page lies at the base of the server, wherever that is: everything is found beside it.
const baseUrl = new URL('./', document.baseURI);
const capture = new SpeechCapture({ serverUrl: baseUrl, assetBaseUrl: new URL('edge/', baseUrl) });

const timeline = new Timeline();
const waveform = new WaveformView(timeline);
const status = new StatusView();
bindCapture(capture, { timeline, waveform, status, transcript: new TranscriptView(), savings: new SavingsView() });

const errors = new ErrorView((what) => {
  if (what === 'connect') {
    // The box goes once the server has answered.
    capture.reconnect();
    return;
  }
  errors.hide();
  void listening.retry();
});
const listening = new Listening(capture, new URL('recording/demo-recording.wav', baseUrl), {
  onMode(mode) {
    if (mode === 'starting') errors.hide();
    status.showState(mode, capture.status);
    waveform.setRunning(mode === 'microphone' || mode === 'recording');
  },
  onFailure(cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    errors.showPageTrouble('The recording could not be played', 'Check that the server is running, then try again.', detail);
  },
});
capture.addEventListener('state', ({ detail }) => {
  status.showState(listening.mode, detail);
  status.showConnection(detail);
  errors.settle(detail);
});
capture.addEventListener('error', ({ detail }) => errors.show(detail, capture.state === 'idle'));

// Each action reports its own failure through onFailure.
requireElement('listen', HTMLButtonElement).addEventListener('click', () => void listening.toggle('microphone'));
requireElement('recording', HTMLButtonElement).addEventListener('click', () => void listening.toggle('recording'));
requireElement('mute', HTMLButtonElement).addEventListener('click', () => listening.toggleMute());
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.preventDefault();
  void listening.toggle('microphone');
});
if (/Mac|iPhone|iPad/.test(navigator.userAgent)) setText(requireElement('listen-keys', HTMLElement), '⌘ ↵');
bindTheme(() => waveform.refreshTheme());
status.showState('idle', capture.status);
