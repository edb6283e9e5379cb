/** A bundled recording as a live stream: audible, and heard by the capture as a microphone would be. */
export interface RecordingSource {
  /** Silent until {@link RecordingSource.play}. */
  readonly stream: MediaStream;
  /** Settles when the recording is there; rejects when it cannot be fetched or decoded. */
  readonly loaded: Promise<void>;
  /** Plays once from the start; settles when it is over or was closed. */
  play(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a stream of a recording and begins to load it. Call it in a click, else the browser holds the sound back. */
export function openRecording(url: URL): RecordingSource {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const source = new AudioBufferSourceNode(context);
  source.connect(destination);
  source.connect(context.destination);
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  source.addEventListener('ended', () => end(), { once: true });
  return {
    stream: destination.stream,
    loaded: loadBuffer(context, url).then((buffer) => {
      source.buffer = buffer;
    }),
    async play() {
      await context.resume();
      source.start();
      await over;
    },
    async close() {
      end();
      source.disconnect();
      for (const track of destination.stream.getTracks()) track.stop();
      if (context.state !== 'closed') await context.close();
    },
  };
}

async function loadBuffer(context: AudioContext, url: URL): Promise<AudioBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
  return context.decodeAudioData(await response.arrayBuffer());
}
