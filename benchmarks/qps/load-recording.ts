import { floatToInt16 } from '@outspoken/audio';
import type { JudgedRecording } from '../support/judged-speech.ts';
import { type Random, shuffle } from '../support/seeded-random.ts';
import type { LoadClip, LoadRecording, SpokenAction, SpokenMoment } from './step-plan.ts';

const SAMPLES_PER_MS = 16;
/** Devices send audio in chunks of 96 ms: three frames of the detector. */
const CHUNK_SAMPLES = 1536;

/** A recording that somebody says, as one of the sayings of a step. */
export interface Utterance {
  readonly number: number;
  readonly recordingIndex: number;
  readonly recording: LoadRecording;
}

/** A clip that is sent whole, and of which saying it is a part. */
export interface DealtClip extends LoadClip {
  readonly utterance: Utterance;
  readonly part: number;
}

/** Turns what the detector found in a recording into what a device sends. */
export function prepareRecording(judged: JudgedRecording): LoadRecording {
  const moments = mergeAudio(
    judged.moments.map(({ atSample, events }) => ({ atMs: atSample / SAMPLES_PER_MS, actions: actionsOf(events) })),
  );
  return { durationMs: judged.samples.length / SAMPLES_PER_MS, moments, clips: joinClips(moments) };
}

/** Holds audio back up to the chunk that a device sends at once; everything else keeps its time, with all audio before it. */
export function mergeAudio(moments: readonly SpokenMoment[]): SpokenMoment[] {
  const merged: SpokenMoment[] = [];
  let held: Int16Array[] = [];
  const takeHeld = (leastSamples: number): SpokenAction[] => {
    const samples = concatenate(held);
    if (samples.length < leastSamples) {
      return [];
    }
    held = [];
    return [{ type: 'audio', samples }];
  };
  for (const { atMs, actions } of moments) {
    const due: SpokenAction[] = [];
    for (const action of actions) {
      if (action.type === 'audio') {
        held.push(action.samples);
      } else {
        due.push(...takeHeld(1), action);
      }
    }
    due.push(...takeHeld(CHUNK_SAMPLES));
    if (due.length > 0) {
      merged.push({ atMs, actions: due });
    }
  }
  return merged;
}

/** Deals recordings out of a pack that is shuffled anew whenever it is empty. */
export function* dealUtterances(recordings: readonly LoadRecording[], random: Random): Generator<Utterance, never> {
  const pack = recordings.map((recording, recordingIndex) => ({ recording, recordingIndex }));
  let number = 0;
  while (true) {
    for (const card of shuffle(pack, random)) {
      yield { ...card, number };
      number += 1;
    }
  }
}

/** The clips of dealt recordings, one after the other. */
export function* dealClips(recordings: readonly LoadRecording[], random: Random): Generator<DealtClip, never> {
  const utterances = dealUtterances(recordings, random);
  while (true) {
    const utterance = utterances.next().value;
    for (const [part, clip] of utterance.recording.clips.entries()) {
      yield { ...clip, utterance, part };
    }
  }
}

function actionsOf(events: JudgedRecording['moments'][number]['events']): SpokenAction[] {
  return events.flatMap((event): SpokenAction[] => {
    switch (event.type) {
      case 'clip_start':
        return [{ type: 'start', startMs: event.startSample / SAMPLES_PER_MS }];
      case 'clip_audio':
        return [{ type: 'audio', samples: floatToInt16(event.samples) }];
      case 'maybe_end':
        return [{ type: 'maybe_end', evidence: event.evidence }];
      case 'clip_end': {
        const { reason, continues, evidence, levelDbfs } = event;
        return [{ type: 'end', end: { reason, continues, evidence, levelDbfs } }];
      }
      default:
        return [];
    }
  });
}

function joinClips(moments: readonly SpokenMoment[]): LoadClip[] {
  const clips: LoadClip[] = [];
  let held: Int16Array[] = [];
  for (const action of moments.flatMap(({ actions }) => actions)) {
    if (action.type === 'audio') {
      held.push(action.samples);
    } else if (action.type === 'end') {
      clips.push({ samples: concatenate(held), end: action.end });
      held = [];
    }
  }
  return clips;
}

/** Parts in a row. */
export function concatenate(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
