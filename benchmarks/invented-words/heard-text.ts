import type { Recognizer, RecognizerClip, SpeechEvidence, Transcript } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { strongestClip } from '../forced-start/trial.ts';
import { progress } from '../support/command-line.ts';
import { cutClips } from '../support/dev-data.ts';
import { loadOurs } from '../support/our-recognizer.ts';
import { type Label, labelText } from './label.ts';
import { readTrials, type Trial, type Way } from './trial.ts';

/** What the recognizer made of one clip before anybody asked how likely its text is. */
export interface HeardText {
  readonly kind: string;
  readonly group: string;
  readonly way: Way;
  /** Of an empty text as well: what one would be worth. */
  readonly label: Label;
  readonly text: string;
  /** How many words were said; 0 where nobody knows or nobody spoke. */
  readonly saidWordCount: number;
  readonly guards: Transcript['guards'];
  readonly audioMs: number;
  readonly speech: SpeechEvidence;
  /** Probability that the text ends at once. */
  readonly endProbability: number;
  readonly tokenLogProbabilities: readonly number[];
}

const NO_SPEECH: SpeechEvidence = { voicedMs: 0, peakProbability: 0, meanProbability: 0 };
const PROGRESS_INTERVAL_MS = 10_000;

/** Decodes everything that is tried. @param parameters - Take the place of those of the manifest. */
export async function hearTexts(
  graph: Parameters<typeof loadOurs>[0]['graph'],
  parameters: Readonly<Record<string, number>>,
  trials: AsyncIterable<Trial> = readTrials(),
): Promise<HeardText[]> {
  await using model = await loadSileroVad(runtime, (await loadModelFiles('silero-vad-v6')).files.model);
  await using recognizer = await loadOurs({ graph, threads: 1, parameters });
  const detector = new SpeechDetector({ model });
  const heard: HeardText[] = [];
  let trialCount = 0;
  let toldAtMs = performance.now();
  for await (const trial of trials) {
    const clips = await clipsOf(trial, detector, recognizer);
    const transcripts = await recognizer.transcribe(clips.map(({ clip }) => clip));
    for (const [index, transcript] of transcripts.entries()) {
      const { way, clip } = clips[index] ?? {};
      if (way && clip) heard.push(toHeardText(trial, way, clip.speech ?? NO_SPEECH, transcript));
    }
    trialCount += 1;
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      progress(`${trialCount} sounds, ${heard.length} clips, at ${trial.kind}`);
    }
  }
  return heard;
}

async function clipsOf(
  { samples, ways }: Trial,
  detector: SpeechDetector,
  { model }: Recognizer,
): Promise<{ readonly way: Way; readonly clip: RecognizerClip }[]> {
  const cuts = await cutClips(detector, samples);
  const whole = { way: 'whole' as const, clip: { samples, speech: strongestClip(cuts)?.speech ?? NO_SPEECH } };
  const clips = cuts.map(({ samples: cut, speech }) => ({ way: 'cut' as const, clip: { samples: cut, speech } }));
  return [...clips, whole].filter(
    ({ way, clip }) => ways.includes(way) && clip.samples.length >= model.minimumSamples && clip.samples.length <= model.maximumSamples,
  );
}

function toHeardText({ kind, group, said }: Trial, way: Way, speech: SpeechEvidence, transcript: Transcript): HeardText {
  const { text, guards, audioMs, tokens, noSpeechProbability } = transcript;
  return {
    ...{ kind, group, way, label: labelText(text, said), text, guards, audioMs, speech },
    saidWordCount: said.type === 'words' ? said.text.split(' ').length : 0,
    endProbability: noSpeechProbability,
    // Never without end: a result is written as JSON.
    tokenLogProbabilities: tokens.map(({ probability }) => Math.log(Math.max(probability, Number.MIN_VALUE))),
  };
}
