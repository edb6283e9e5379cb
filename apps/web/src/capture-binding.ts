import type { SpeechCapture } from '@outspoken/edge';
import type { SavingsView } from './savings-view.ts';
import type { StatusView } from './status-view.ts';
import type { Timeline } from './timeline.ts';
import type { TranscriptView } from './transcript-view.ts';
import type { WaveformView } from './waveform-view.ts';

/** The views that a capture fills. */
export interface CaptureViews {
  readonly timeline: Timeline;
  readonly waveform: WaveformView;
  readonly transcript: TranscriptView;
  readonly savings: SavingsView;
  readonly status: StatusView;
}

/** Leads the events of the capture into the views. */
export function bindCapture(capture: SpeechCapture, views: CaptureViews): void {
  bindGate(capture, views);
  bindClips(capture, views);
  capture.addEventListener('level', ({ detail }) => {
    for (const frame of detail.frames) views.timeline.pushFrame(frame);
    views.waveform.notifyFrames();
    const last = detail.frames.at(-1);
    if (last) views.status.showLevel(last);
  });
  capture.addEventListener('stats', ({ detail }) => views.savings.show(detail));
}

function bindGate(capture: SpeechCapture, { timeline, waveform }: CaptureViews): void {
  capture.addEventListener('speechstart', ({ detail }) => timeline.openRegion(detail.isConfirmed ? 'speech' : 'tentative', detail.startMs));
  capture.addEventListener('pause', ({ detail }) => timeline.openRegion('hangover', detail.endMs));
  capture.addEventListener('resume', ({ detail }) => timeline.openRegion('speech', detail.timeMs));
  capture.addEventListener('speechend', () => {
    timeline.closeRegion(timeline.lastMs);
    waveform.refresh();
  });
  capture.addEventListener('misfire', ({ detail }) => timeline.markMisfire(detail.startMs, detail.endMs));
}

function bindClips(capture: SpeechCapture, { timeline, transcript, waveform }: CaptureViews): void {
  let count = 0;
  /** Clips whose words are still to come. */
  const open = new Set<string>();
  // A clip is met first when it starts; only one that the server split off a stalled one is met later.
  const meet = (clipId: string, startMs: number): void => {
    if (open.has(clipId)) return;
    count += 1;
    open.add(clipId);
    timeline.setClip(clipId, { number: count, startMs, state: 'open' });
    transcript.open({ clipId, number: count, startMs });
  };
  capture.addEventListener('clipstart', ({ detail }) => meet(detail.clipId, detail.startMs));
  capture.addEventListener('clip', ({ detail }) => {
    // The server may have answered or refused it while it was spoken.
    if (!open.has(detail.clipId)) return;
    timeline.updateClip(detail.clipId, { endMs: detail.endMs, state: 'waiting' });
    transcript.showWaiting(detail.clipId, detail.endMs - detail.startMs);
    waveform.refresh();
  });
  capture.addEventListener('interim', ({ detail }) => transcript.showInterim(detail.clipId, detail.text));
  capture.addEventListener('transcript', ({ detail }) => {
    meet(detail.clipId, detail.startMs);
    open.delete(detail.clipId);
    timeline.updateClip(detail.clipId, { endMs: detail.endMs, state: detail.text ? 'done' : 'empty' });
    transcript.showFinal(detail);
    waveform.refresh();
  });
  capture.addEventListener('rejected', ({ detail }) => {
    open.delete(detail.clipId);
    timeline.failClip(detail.clipId);
    transcript.showFailure(detail.clipId, `${detail.code}: ${detail.message}`);
    waveform.refresh();
  });
}
