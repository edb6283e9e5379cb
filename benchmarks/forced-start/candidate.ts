import type { Recognizer, RecognizerClip, Transcript } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import { DEFAULT_SEGMENTER_OPTIONS, loadSileroVad, SpeechDetector, type VadModel } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { progress } from '../support/command-line.ts';
import { cutClips } from '../support/dev-data.ts';
import { loadOurs } from '../support/our-recognizer.ts';
import type { ForcedText } from './features.ts';
import { type Label, labelText } from './label.ts';
import { countSources, type DetectorName, readTrials, strongestClip, type Trial } from './trial.ts';

/**
 * What became of a clip before anything had to be believed: its text began by itself; without the end it was refused whatever the weights
 * say (one token, in circles, at the cap); it is one that the model knows by heart; or it is to be decided.
 */
export type Fate = 'began' | 'refused' | 'memorised' | 'to decide';

/** A text that would have ended at once: to be believed or not. */
export interface Candidate extends ForcedText {
  readonly kind: string;
  readonly group: string;
  readonly detector: DetectorName;
  readonly label: Label;
  readonly text: string;
}

/** What became of how many clips of a kind. */
export interface KindCount {
  readonly kind: string;
  readonly fates: Readonly<Record<Fate, number>>;
}

export interface Collection {
  readonly counts: readonly KindCount[];
  readonly candidates: readonly Candidate[];
}

/**
 * A sum of the weights that nothing outweighs: the recognizer then believes every text that its weights decide on, and the transcript shows
 * what they would have had to decide by.
 */
const BELIEVE_EVERYTHING = {
  forcedStartIntercept: 1000,
  forcedStartMeanSpeechLogOdds: 0,
  forcedStartFirstLogProbability: 0,
  forcedStartMeanLogProbability: 0,
};
const LOOSE_OPTIONS = { ...DEFAULT_SEGMENTER_OPTIONS, onsetProbability: 0.25, offsetProbability: 0.15 };
const PROGRESS_INTERVAL_MS = 10_000;

/** Cuts and decodes everything that is tried. */
export async function collectCandidates(graph: Parameters<typeof loadOurs>[0]['graph']): Promise<Collection> {
  await using model = await loadSileroVad(runtime, (await loadModelFiles('silero-vad-v6')).files.model);
  await using recognizer = await loadOurs({ graph, threads: 1, parameters: BELIEVE_EVERYTHING });
  const detectors = createDetectors(model);
  const fatesOf = new Map<string, Record<Fate, number>>();
  const candidates: Candidate[] = [];
  const sourceCount = countSources();
  let doneCount = 0;
  let toldAtMs = performance.now();
  for await (const trials of readTrials()) {
    for (const trial of trials) {
      const fates = fatesOf.get(trial.kind) ?? { began: 0, refused: 0, memorised: 0, 'to decide': 0 };
      fatesOf.set(trial.kind, fates);
      const clips = await clipsOf(trial, detectors[trial.detector], recognizer);
      for (const [index, transcript] of (await recognizer.transcribe(clips)).entries()) {
        const fate = fateOf(transcript);
        fates[fate] += 1;
        const speech = clips[index]?.speech;
        if (fate === 'to decide' && speech) candidates.push(toCandidate(trial, transcript, speech.meanProbability));
      }
    }
    doneCount += 1;
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      progress(`${doneCount} of ${sourceCount} recordings, ${candidates.length} texts to decide on`);
    }
  }
  return { counts: [...fatesOf].map(([kind, fates]) => ({ kind, fates })), candidates };
}

/** What became of a clip that a recognizer decoded which believes everything. */
export function fateOf({ guards, tokens, emptyReason }: Pick<Transcript, 'guards' | 'tokens' | 'emptyReason'>): Fate {
  if (guards.includes('memorised_phrase')) return 'memorised';
  if (guards.includes('forced_start') && tokens.length > 0) return 'to decide';
  return emptyReason === undefined ? 'began' : 'refused';
}

function createDetectors(model: VadModel): Readonly<Record<DetectorName, SpeechDetector>> {
  // They take turns, and each begins with a model that is set back.
  return { product: new SpeechDetector({ model }), loose: new SpeechDetector({ model, segmenter: LOOSE_OPTIONS }) };
}

async function clipsOf(trial: Trial, detector: SpeechDetector, recognizer: Recognizer): Promise<RecognizerClip[]> {
  const { minimumSamples, maximumSamples } = recognizer.model;
  const cuts = await cutClips(detector, trial.samples);
  const strongest = trial.isTriedWhole ? strongestClip(cuts) : undefined;
  const clips = strongest ? [...cuts, { samples: trial.samples, speech: strongest.speech }] : cuts;
  return clips
    .filter(({ samples }) => samples.length >= minimumSamples && samples.length <= maximumSamples)
    .map(({ samples, speech }) => ({ samples, speech }));
}

function toCandidate(
  { kind, group, detector, said }: Trial,
  { text, tokens, noSpeechProbability }: Transcript,
  meanSpeechProbability: number,
): Candidate {
  return {
    ...{ kind, group, detector, label: labelText(text, said), text, meanSpeechProbability },
    endProbability: noSpeechProbability,
    // Never without end: a result is written as JSON.
    tokenLogProbabilities: tokens.map(({ probability }) => Math.log(Math.max(probability, Number.MIN_VALUE))),
  };
}
