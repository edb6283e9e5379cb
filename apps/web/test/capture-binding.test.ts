import { CaptureEvent, type CaptureEventMap, type CaptureEventName, type SpeechCapture } from '@outspoken/edge';
import { expect, test } from 'vitest';
import { bindCapture, type CaptureViews } from '../src/capture-binding.ts';
import { Timeline } from '../src/timeline.ts';

/** The binding with a real timeline; of the other views only what they were told about clips is kept. */
function create() {
  const capture = new EventTarget();
  const timeline = new Timeline();
  const told: string[] = [];
  const transcript = {
    open: ({ clipId, number }: { clipId: string; number: number }) => told.push(`open ${clipId} as ${number}`),
    showWaiting: (clipId: string) => told.push(`waiting ${clipId}`),
    showInterim: (clipId: string) => told.push(`interim ${clipId}`),
    showFinal: ({ clipId }: { clipId: string }) => told.push(`final ${clipId}`),
    showFailure: (clipId: string) => told.push(`failure ${clipId}`),
  };
  const waveform = { refresh: () => undefined, notifyFrames: () => undefined };
  const status = { showLevel: () => undefined };
  bindCapture(capture as unknown as SpeechCapture, { timeline, transcript, waveform, status } as unknown as CaptureViews);
  const say = <Name extends CaptureEventName>(name: Name, detail: Partial<CaptureEventMap[Name]>): boolean =>
    capture.dispatchEvent(new CaptureEvent(name, detail as CaptureEventMap[Name]));
  return { timeline, told, say };
}

test('leads a clip from its start to its words', () => {
  const { timeline, told, say } = create();
  say('clipstart', { clipId: 'a', startMs: 100 });
  say('interim', { clipId: 'a', text: 'hel' });
  say('clip', { clipId: 'a', startMs: 100, endMs: 900 });
  say('transcript', { clipId: 'a', startMs: 100, endMs: 900, text: 'hello' });
  expect(told).toEqual(['open a as 1', 'interim a', 'waiting a', 'final a']);
  expect([...timeline.clips]).toEqual([{ number: 1, startMs: 100, endMs: 900, state: 'done' }]);
});

test('shows a clip that the server split off when its words come', () => {
  const { told, say } = create();
  say('clipstart', { clipId: 'a', startMs: 0 });
  say('transcript', { clipId: 'a', startMs: 0, endMs: 500, text: 'one' });
  say('clip', { clipId: 'b', startMs: 0, endMs: 900 });
  say('transcript', { clipId: 'b', startMs: 500, endMs: 900, text: 'two' });
  expect(told).toEqual(['open a as 1', 'final a', 'open b as 2', 'final b']);
});

test('a clip that is refused while it is spoken ends there, and its own end changes nothing', () => {
  const { timeline, told, say } = create();
  say('clipstart', { clipId: 'a', startMs: 100 });
  say('level', { frames: [{ timeMs: 640, levelDbfs: -20, probability: 1, isSpeech: true }] });
  say('rejected', { clipId: 'a', code: 'clip_too_long', message: 'no' });
  say('clip', { clipId: 'a', startMs: 100, endMs: 900 });
  expect(told).toEqual(['open a as 1', 'failure a']);
  expect([...timeline.clips]).toEqual([{ number: 1, startMs: 100, endMs: 640, state: 'failed' }]);
});
