import { EdgeError, type SpeechCapture } from '@outspoken/edge';
import { openRecording, type RecordingSource } from './recording-source.ts';

/** What can be listened to. */
export type ListeningSource = 'microphone' | 'recording';

/** What the page is doing: nothing, listening to one of two sources, or on its way from one to the other. */
export type ListeningMode = 'idle' | 'starting' | ListeningSource | 'stopping';

/** What the page must know of it. */
export interface ListeningListener {
  onMode(mode: ListeningMode): void;
  /** A failure that the capture has not reported itself. */
  onFailure(cause: unknown): void;
}

/** Starts and stops the one capture of the page, from the microphone or from the bundled recording. */
export class Listening {
  readonly #capture: SpeechCapture;
  readonly #recordingUrl: URL;
  readonly #listener: ListeningListener;
  #mode: ListeningMode = 'idle';
  /** Which start is under way, to tell it from one that was stopped and has yet to find out. */
  #run: symbol | undefined;
  #recording: RecordingSource | undefined;
  #lastSource: ListeningSource = 'microphone';

  constructor(capture: SpeechCapture, recordingUrl: URL, listener: ListeningListener) {
    this.#capture = capture;
    this.#recordingUrl = recordingUrl;
    this.#listener = listener;
    capture.addEventListener('state', ({ detail }) => {
      // The capture gave up by itself: it has said why.
      if (detail.state === 'idle' && (this.#mode === 'microphone' || this.#mode === 'recording')) void this.#settle();
    });
  }

  get mode(): ListeningMode {
    return this.#mode;
  }

  /** Starts, or stops what runs; the button of the recording stops nothing but the recording. */
  async toggle(source: ListeningSource): Promise<void> {
    if (this.#mode === 'idle') await this.#start(source);
    else if (source === 'microphone' || this.#lastSource === 'recording') await this.#stop();
  }

  /** Starts again what was started last. */
  async retry(): Promise<void> {
    if (this.#mode === 'idle') await this.#start(this.#lastSource);
  }

  toggleMute(): void {
    if (this.#capture.status.isMuted) this.#capture.unmute();
    else this.#capture.mute();
  }

  async #start(source: ListeningSource): Promise<void> {
    const run = Symbol(source);
    this.#run = run;
    this.#lastSource = source;
    this.#setMode('starting');
    try {
      await (source === 'microphone' ? this.#capture.start() : this.#startRecording());
      // Someone may have pressed Stop in the meantime, and Start again.
      if (this.#run !== run) return;
      this.#setMode(source);
      if (!this.#recording) return;
      await this.#recording.play();
    } catch (cause) {
      // What is left of a start that was stopped fails because of that.
      if (this.#run !== run) return;
      if (!(cause instanceof EdgeError)) this.#listener.onFailure(cause);
    }
    if (this.#run === run) await this.#stop();
  }

  // Both audio contexts are made before anything is awaited: some browsers let sound run only inside the click.
  async #startRecording(): Promise<void> {
    const recording = openRecording(this.#recordingUrl);
    this.#recording = recording;
    await Promise.all([recording.loaded, this.#capture.start({ source: { type: 'stream', stream: recording.stream } })]);
  }

  async #stop(): Promise<void> {
    if (this.#mode === 'stopping' || this.#mode === 'idle') return;
    this.#run = undefined;
    this.#setMode('stopping');
    await this.#capture.stop();
    await this.#settle();
  }

  async #settle(): Promise<void> {
    const recording = this.#recording;
    this.#run = undefined;
    this.#recording = undefined;
    await recording?.close();
    this.#setMode('idle');
  }

  #setMode(mode: ListeningMode): void {
    this.#mode = mode;
    this.#listener.onMode(mode);
  }
}
