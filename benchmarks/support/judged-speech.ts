import { loadModelFiles } from '@outspoken/models';
import { type DetectorEvent, loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import type { SpeechMoment } from '../../tests/support/talker.ts';
import type { Recording } from './recordings.ts';

/** Silence before each recording, so that its first clip has its pre-roll. */
const LEAD_SAMPLES = 8_000;
/** Silence after it, longer than what ends a clip. */
const TAIL_SAMPLES = 16_000;

/** A recording and what the speech detector found in it, at which sample, with half a second of silence in front. */
export interface JudgedRecording extends Recording {
  readonly moments: readonly SpeechMoment[];
}

/** Runs the real detector once over each recording, so that it need not run while something else is measured. */
export async function judgeRecordings(recordings: readonly Recording[]): Promise<JudgedRecording[]> {
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(runtime, files.model);
  const detector = new SpeechDetector({ model });
  const judged: JudgedRecording[] = [];
  for (const recording of recordings) {
    detector.reset();
    const padded = new Float32Array(LEAD_SAMPLES + recording.samples.length + TAIL_SAMPLES);
    padded.set(recording.samples, LEAD_SAMPLES);
    judged.push({ ...recording, moments: groupByFrame(await detector.push(padded)) });
  }
  return judged;
}

/** The audio of each clip, in order, as it would go over the wire. */
export function clipsOf(recording: JudgedRecording): Float32Array[] {
  const clips: number[][] = [];
  for (const event of recording.moments.flatMap(({ events }) => events)) {
    if (event.type === 'clip_start') {
      clips.push([]);
    } else if (event.type === 'clip_audio') {
      for (const sample of event.samples) {
        clips.at(-1)?.push(sample);
      }
    }
  }
  return clips.map((clip) => Float32Array.from(clip));
}

/** The same moments in a session in which the recording starts later. */
export function shiftMoments(moments: readonly SpeechMoment[], offsetSamples: number): SpeechMoment[] {
  return moments.map(({ atSample, events }) => ({
    atSample: atSample + offsetSamples,
    events: events.map((event) => (event.type === 'clip_start' ? { ...event, startSample: event.startSample + offsetSamples } : event)),
  }));
}

/** What follows a frame event was found in that frame, and could be known when its last sample had been heard. */
function groupByFrame(events: readonly DetectorEvent[]): SpeechMoment[] {
  const moments: { atSample: number; events: DetectorEvent[] }[] = [];
  for (const event of events) {
    if (event.type === 'frame') {
      moments.push({ atSample: event.endSample, events: [] });
    } else {
      moments.at(-1)?.events.push(event);
    }
  }
  return moments.filter((moment) => moment.events.length > 0);
}
