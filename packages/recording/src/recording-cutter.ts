import type { DetectorEvent, SpeechDetector } from '@outspoken/vad';
import type { RecordingClip } from './recording-clip.ts';

const SAMPLES_PER_MS = 16;
// More at once would be copied whole by the detector; and it is the step in which progress is told.
const STEP_SAMPLES = 16_000;

/** What {@link cutRecording} gives, in order. */
export type RecordingEvent =
  /** The next clip of speech, with samples of its own. */
  | { readonly type: 'clip'; readonly clip: RecordingClip }
  /** Everything up to here was searched for speech; once for each second of audio. */
  | { readonly type: 'progress'; readonly readMs: number }
  /** The recording is over. */
  | { readonly type: 'end'; readonly durationMs: number };

/**
 * Cuts a recording into the clips that a microphone would have sent: the same detector, the same policy, the same samples.
 *
 * Reading goes on only as far as the consumer asks; one clip under construction is held, and what the detector holds. When the
 * consumer stops early, the source is closed.
 *
 * @param samples - 16 kHz mono, -1 to 1, in chunks of any length.
 * @param detector - It is reset first, so that one detector serves many recordings, one at a time.
 * @throws VadError of the detector, or what the source throws.
 */
export async function* cutRecording(
  samples: AsyncIterable<Float32Array>,
  detector: SpeechDetector,
): AsyncGenerator<RecordingEvent, void, undefined> {
  const assembly = new ClipAssembly();
  let readSamples = 0;
  let toldSamples = 0;
  detector.reset();
  for await (const chunk of samples) {
    for (let start = 0; start < chunk.length; start += STEP_SAMPLES) {
      const step = chunk.subarray(start, start + STEP_SAMPLES);
      yield* assembly.take(await detector.push(step));
      readSamples += step.length;
      if (readSamples - toldSamples >= STEP_SAMPLES) {
        toldSamples = readSamples;
        yield { type: 'progress', readMs: readSamples / SAMPLES_PER_MS };
      }
    }
  }
  yield* assembly.take(await detector.flush('stop'));
  yield { type: 'end', durationMs: readSamples / SAMPLES_PER_MS };
}

/** Puts clips together from what the detector found. */
class ClipAssembly {
  #clipCount = 0;
  #onsetSample = 0;
  /** End of the clip before, when it was split and the open one goes on. */
  #splitSample: number | undefined;
  #startSample = 0;
  #parts: Float32Array[] = [];

  *take(events: readonly DetectorEvent[]): Generator<RecordingEvent, void, undefined> {
    for (const event of events) {
      switch (event.type) {
        case 'confirmed_start':
          this.#onsetSample = event.startSample;
          break;
        case 'clip_start':
          this.#startSample = event.startSample;
          this.#parts = [];
          break;
        case 'clip_audio':
          this.#parts.push(event.samples);
          break;
        case 'clip_end':
          yield { type: 'clip', clip: this.#close(event) };
          break;
        case 'frame':
        case 'tentative_start':
        case 'maybe_end':
        case 'resume':
        case 'misfire':
          break;
        default:
          event satisfies never;
      }
    }
  }

  #close(event: Extract<DetectorEvent, { type: 'clip_end' }>): RecordingClip {
    const { endSample, voicedEndSample, continues, evidence, levelDbfs } = event;
    // What two parts of one breath share belongs to the earlier one.
    const speechStartSample = this.#splitSample ?? Math.max(this.#onsetSample, this.#startSample);
    const clip: RecordingClip = {
      index: this.#clipCount,
      startSample: this.#startSample,
      endSample,
      speechStartSample,
      speechEndSample: Math.max(speechStartSample, voicedEndSample),
      samples: concatenate(this.#parts),
      continues,
      evidence,
      levelDbfs,
    };
    this.#clipCount += 1;
    this.#splitSample = continues ? endSample : undefined;
    this.#parts = [];
    return clip;
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    samples.set(part, offset);
    offset += part.length;
  }
  return samples;
}
