import { EdgeError, type SpeechCapture } from '@outspoken/edge';
import { beforeEach, expect, test, vi } from 'vitest';
import { Listening, type ListeningMode } from '../src/listening.ts';
import type { RecordingSource } from '../src/recording-source.ts';

interface Settler {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(cause: unknown): void;
}

interface FakeRecording extends RecordingSource {
  readonly loading: Settler;
  readonly playing: Settler;
  isPlayed: boolean;
}

const recordings: FakeRecording[] = [];

// What plays sound is the browser's; the test decides when it is loaded and when it is over.
vi.mock('../src/recording-source.ts', () => ({
  openRecording: (): FakeRecording => {
    const loading = createSettler();
    const playing = createSettler();
    const recording: FakeRecording = {
      loading,
      playing,
      isPlayed: false,
      stream: {} as MediaStream,
      loaded: loading.promise,
      play: () => {
        recording.isPlayed = true;
        return playing.promise;
      },
      close: async () => playing.resolve(),
    };
    recordings.push(recording);
    return recording;
  },
}));

function createSettler(): Settler {
  let settler: Omit<Settler, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settler = { resolve, reject };
  });
  return { promise, ...settler! };
}

beforeEach(() => {
  recordings.length = 0;
});

function create(start: () => Promise<void> = async () => undefined) {
  const modes: ListeningMode[] = [];
  const failures: unknown[] = [];
  const capture = Object.assign(new EventTarget(), { start, stop: async () => undefined });
  const listening = new Listening(capture as unknown as SpeechCapture, new URL('https://app.example/demo.wav'), {
    onMode: (mode) => modes.push(mode),
    onFailure: (cause) => failures.push(cause),
  });
  return { listening, modes, failures };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('plays the recording once it is loaded, and is idle when it is over', async () => {
  const { listening, modes, failures } = create();
  const running = listening.toggle('recording');
  await settle();
  expect(recordings[0]!.isPlayed).toBe(false);
  recordings[0]!.loading.resolve();
  await settle();
  expect(recordings[0]!.isPlayed).toBe(true);
  recordings[0]!.playing.resolve();
  await running;
  expect(modes).toEqual(['starting', 'recording', 'stopping', 'idle']);
  expect(failures).toEqual([]);
});

test('tells that the browser would not play, and stops', async () => {
  const { listening, modes, failures } = create();
  const running = listening.toggle('recording');
  const cause = new DOMException('no sound card', 'InvalidStateError');
  recordings[0]!.loading.resolve();
  recordings[0]!.playing.reject(cause);
  await running;
  expect(failures).toEqual([cause]);
  expect(modes.at(-1)).toBe('idle');
});

test('a failure that the capture has reported is not told twice', async () => {
  const { listening, modes, failures } = create(() => Promise.reject(new EdgeError('permission_denied', 'no')));
  await listening.toggle('microphone');
  expect(modes).toEqual(['starting', 'stopping', 'idle']);
  expect(failures).toEqual([]);
});

test.each(['rejects', 'resolves'] as const)('a start that was stopped and %s late does nothing to the one after it', async (outcome) => {
  const { listening, modes, failures } = create();
  const first = listening.toggle('recording');
  await settle();
  await listening.toggle('recording');
  const second = listening.toggle('recording');
  await settle();
  if (outcome === 'rejects') recordings[0]!.loading.reject(new Error('answered 404'));
  else recordings[0]!.loading.resolve();
  await first;
  await settle();
  expect(failures).toEqual([]);
  expect(modes).toEqual(['starting', 'stopping', 'idle', 'starting']);
  expect(recordings.map(({ isPlayed }) => isPlayed)).toEqual([false, false]);
  recordings[1]!.loading.resolve();
  await settle();
  expect(listening.mode).toBe('recording');
  await listening.toggle('recording');
  await second;
  expect(listening.mode).toBe('idle');
});
