import { floatToInt16 } from '@outspoken/audio';
import type { OutgoingUtterance, SpeechClient } from '@outspoken/client';
import { DEFAULT_SEGMENTER_OPTIONS, type DetectorEvent } from '@outspoken/vad';
import type { CaptureStats, ClipStartDetail } from './capture-event.ts';
import { LevelBatch } from './level-batch.ts';
import type { WorkerEventMessage } from './worker-channel.ts';

const SAMPLES_PER_MS = 16;
const FRAME_MS = 32;

/** The part of the speech client that takes clips. */
export type ClipSink = Pick<SpeechClient, 'startUtterance' | 'report' | 'stats'>;

/** A clip as it was cut: what a listener needs to measure how long its transcript takes. */
export interface CutClip {
  readonly clipId: string;
  /** Age of the last voiced sound when the clip was cut, in milliseconds of audio. */
  readonly voicedAgeMs: number;
}

/** What a narrator is made of. */
export interface SpeechNarratorSettings {
  readonly sink: ClipSink;
  readonly emit: (message: WorkerEventMessage) => void;
  /** Called when a clip has been handed over whole. */
  readonly onClipCut?: (clip: CutClip) => void;
  /** Monotonic time, in milliseconds. */
  readonly now: () => number;
  /** Samples that the detector has been given. */
  readonly capturedSamples: () => number;
}

type Counters = Pick<CaptureStats, 'voicedMs' | 'sentMs' | 'sentBytes' | 'clips' | 'misfires'>;
type ClipEnd = Extract<DetectorEvent, { type: 'clip_end' }>;

/** Turns what the detector found into clips for the client and events for the page, in session time. */
export class SpeechNarrator {
  readonly #settings: SpeechNarratorSettings;
  readonly #levels: LevelBatch;
  /** Session time that the detector has not seen: muted time and gaps. */
  #offsetSamples = 0;
  #isGateOpen = false;
  #onsetSample = 0;
  #clip: { readonly utterance: OutgoingUtterance; readonly opening: ClipStartDetail } | undefined;
  /** The clip before, when it was split and the next one continues it. */
  #splitClip: { readonly clipId: string; readonly endSample: number } | undefined;
  #speechStartMs: number | undefined;
  #voicedFrames = 0;
  #sentSamples = 0;
  #clips = 0;
  #misfires = 0;

  constructor(settings: SpeechNarratorSettings) {
    this.#settings = settings;
    this.#levels = new LevelBatch((frames) => settings.emit({ type: 'event', name: 'level', detail: { frames } }), settings.now);
  }

  /** Cumulative counts. */
  get counters(): Counters {
    return {
      voicedMs: this.#voicedFrames * FRAME_MS,
      sentMs: this.#sentSamples / SAMPLES_PER_MS,
      sentBytes: this.#settings.sink.stats.sentBytes,
      clips: this.#clips,
      misfires: this.#misfires,
    };
  }

  /** Lets session time go on by audio that the detector does not see. */
  advance(samples: number): void {
    this.#offsetSamples += samples;
  }

  /** Acts on what the detector found. */
  tell(events: readonly DetectorEvent[]): void {
    for (const event of events) {
      this.#tell(event);
    }
  }

  /** Passes on the level frames that still wait. */
  flushLevels(): void {
    this.#levels.flush();
  }

  /** Passes cumulative counts on. */
  tellStats(stats: CaptureStats): void {
    this.#settings.emit({ type: 'event', name: 'stats', detail: stats });
  }

  #tell(event: DetectorEvent): void {
    const { emit } = this.#settings;
    switch (event.type) {
      case 'frame':
        this.#tellFrame(event);
        return;
      case 'tentative_start':
      case 'confirmed_start':
        this.#tellStart(event.startSample, event.type === 'confirmed_start');
        return;
      case 'clip_start':
        this.#openClip(event.startSample);
        return;
      case 'clip_audio':
        this.#clip?.utterance.push(floatToInt16(event.samples));
        this.#sentSamples += event.samples.length;
        return;
      case 'maybe_end':
        this.#isGateOpen = false;
        this.#clip?.utterance.maybeEnd({ evidence: event.evidence });
        emit({ type: 'event', name: 'pause', detail: { endMs: this.#toMs(event.endSample) } });
        return;
      case 'resume':
        this.#isGateOpen = true;
        emit({ type: 'event', name: 'resume', detail: { timeMs: this.#toMs(this.#settings.capturedSamples()) } });
        return;
      case 'clip_end':
        this.#endClip(event);
        return;
      case 'misfire':
        this.#tellMisfire(event);
        return;
      default:
        event satisfies never;
    }
  }

  #tellFrame(event: Extract<DetectorEvent, { type: 'frame' }>): void {
    const { probability, levelDbfs, endSample } = event;
    this.#voicedFrames += probability >= DEFAULT_SEGMENTER_OPTIONS.onsetProbability ? 1 : 0;
    this.#levels.push({ timeMs: this.#toMs(endSample), levelDbfs, probability, isSpeech: this.#isGateOpen });
  }

  #tellStart(startSample: number, isConfirmed: boolean): void {
    this.#onsetSample = startSample;
    this.#isGateOpen = isConfirmed;
    const startMs = this.#toMs(startSample);
    if (isConfirmed) {
      this.#speechStartMs ??= startMs;
    }
    this.#settings.emit({ type: 'event', name: 'speechstart', detail: { isConfirmed, startMs } });
  }

  #tellMisfire(event: Extract<DetectorEvent, { type: 'misfire' }>): void {
    this.#misfires += 1;
    this.#isGateOpen = false;
    this.#speechStartMs = undefined;
    const detail = { startMs: this.#toMs(event.startSample), endMs: this.#toMs(event.endSample), reason: event.reason };
    this.#settings.emit({ type: 'event', name: 'misfire', detail });
  }

  #openClip(startSample: number): void {
    const split = this.#splitClip;
    this.#splitClip = undefined;
    const onsetSample = split ? split.endSample : this.#onsetSample;
    const opening = {
      startMs: this.#toMs(startSample),
      preRollMs: Math.max(0, onsetSample - startSample) / SAMPLES_PER_MS,
      ...(split ? { continuesClipId: split.clipId } : {}),
    };
    this.#clips += 1;
    this.#isGateOpen = true;
    const utterance = this.#settings.sink.startUtterance(opening);
    this.#clip = { utterance, opening: { clipId: utterance.clipId, ...opening } };
    this.#settings.emit({ type: 'event', name: 'clipstart', detail: this.#clip.opening });
  }

  #endClip(event: ClipEnd): void {
    const clip = this.#clip;
    this.#clip = undefined;
    this.#isGateOpen = event.continues;
    if (!clip) {
      return;
    }
    const { utterance, opening } = clip;
    const { endSample, voicedEndSample, reason, continues, evidence, levelDbfs } = event;
    utterance.end({ reason, continues, evidence, levelDbfs });
    // Not the first id any more when the server closed the clip as stalled and the rest became a clip of its own.
    const { clipId } = utterance;
    const endMs = this.#toMs(endSample);
    const voicedAgeMs = Math.max(0, this.#settings.capturedSamples() - voicedEndSample) / SAMPLES_PER_MS;
    this.#settings.onClipCut?.({ clipId, voicedAgeMs });
    const detail = { ...opening, clipId, endMs, reason, continues, evidence, levelDbfs };
    this.#settings.emit({ type: 'event', name: 'clip', detail });
    if (continues) {
      this.#splitClip = { clipId, endSample };
      return;
    }
    const startMs = this.#speechStartMs ?? opening.startMs;
    this.#speechStartMs = undefined;
    this.#settings.emit({ type: 'event', name: 'speechend', detail: { startMs, endMs, reason } });
  }

  #toMs(sample: number): number {
    return (sample + this.#offsetSamples) / SAMPLES_PER_MS;
  }
}
