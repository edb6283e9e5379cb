import { buildMoonshineGraphs, type GraphVariant } from '@outspoken/asr';
import { decodeClip, maximumTokensOf, PreparedDecoder, readMoonshineParameters, Tokenizer } from '@outspoken/asr/decoding';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { progress, UsageError } from '../support/command-line.ts';
import { cutClips, type DevRecording, readDevRecordings, readDevSamples } from '../support/dev-data.ts';
import { VIEW_SOUNDS } from './view-sounds.ts';

const SENTENCES: readonly string[] = ['libri_other', 'libri_clean', 'ljspeech'];
const PROGRESS_INTERVAL_MS = 10_000;

/** What every view of a clip says, and how probable each view finds each text. */
export interface ViewedClip {
  readonly durationMs: number;
  readonly texts: readonly string[];
  /** Place of the text of each view among {@link texts}. */
  readonly textOfView: readonly number[];
  /** Mean log-probability of the tokens of each view's own text. */
  readonly meanLogProbabilities: readonly number[];
  /** By view and text: log-probability of the text and its end. */
  readonly logProbabilities: readonly (readonly number[])[];
}

/** A recording as the views of its clips. */
export interface ViewedRecording {
  readonly speaker: string;
  readonly said: string;
  readonly clips: readonly ViewedClip[];
}

/** Hears the sentences of the development data in every view, cut as on the edge. */
export async function viewRecordings(graph: GraphVariant, count: number): Promise<ViewedRecording[]> {
  if (graph === 'shipped') throw new UsageError('--graph shipped: texts are read by prepared graphs only; take --graph auto');
  const { manifest, files } = await loadModelFiles('moonshine-tiny');
  const parameters = readMoonshineParameters(manifest.parameters);
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const decoder = await PreparedDecoder.load(runtime, buildMoonshineGraphs(files, graph, parameters), {
    parameters,
    session,
    now: () => 0,
  });
  const tokenizer = new Tokenizer(files.vocabulary);
  await using model = await loadSileroVad(runtime, (await loadModelFiles('silero-vad-v6')).files.model);
  const detector = new SpeechDetector({ model });
  const recordings = readDevRecordings('manifest.jsonl').filter(({ category = '' }) => SENTENCES.includes(category));
  const viewed: ViewedRecording[] = [];
  let toldAtMs = performance.now();
  for (const recording of recordings.slice(0, count)) {
    const clips: ViewedClip[] = [];
    for (const { samples } of await cutClips(detector, await readDevSamples(recording))) {
      clips.push(await viewClip(samples));
    }
    viewed.push({ speaker: speakerOf(recording), said: recording.text ?? '', clips });
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      progress(`hearing: ${viewed.length} of ${Math.min(count, recordings.length)} recordings`);
    }
  }
  await decoder.close();
  return viewed;

  async function viewClip(samples: Float32Array): Promise<ViewedClip> {
    const views = [];
    for (const { change } of VIEW_SOUNDS) {
      const view = change(samples);
      const maximumTokens = maximumTokensOf(view.length, parameters);
      views.push(await decodeClip(decoder, { samples: view, maximumTokens, forcesStart: true, signal: undefined, keepsSound: true }));
    }
    const tokens = [...new Map(views.map(({ found }) => [found.tokenIds.join(), found.tokenIds])).values()];
    const logProbabilities: number[][] = [];
    for (const { read } of views) {
      const readings = (await read?.(tokens)) ?? [];
      logProbabilities.push(
        readings.map((reading) => reading.logProbabilities.reduce((sum, value) => sum + value, reading.endLogProbability)),
      );
    }
    return {
      durationMs: samples.length / 16,
      texts: tokens.map((ids) => tokenizer.decode(ids).join('').trim()),
      textOfView: views.map(({ found }) => tokens.findIndex((ids) => ids.join() === found.tokenIds.join())),
      meanLogProbabilities: views.map(({ found }) => {
        const { logProbabilities: own } = found;
        return own.reduce((sum, value) => sum + value, 0) / Math.max(own.length, 1);
      }),
      logProbabilities,
    };
  }
}

function speakerOf({ speaker, audio_filepath: path }: DevRecording): string {
  return speaker ?? path;
}
