import {
  type CalibrationBin,
  calibrationBins,
  expectedCalibrationError,
  type JudgedConfidence,
  judgeWords,
  WHISPER_ENGLISH,
} from '@outspoken/evaluation';
import type { Heard } from './hearing.ts';

/** How well the confidences of words say how often they are right. */
export interface Calibration {
  readonly words: number;
  readonly rightRatio: number;
  readonly meanConfidence: number;
  readonly expectedError: number;
  readonly bins: readonly CalibrationBin[];
}

/** Most expected calibration error. */
const CALIBRATION_GOAL = 0.05;

/** Judges the words of the sentences; undefined when none was heard with its confidence. */
export function calibrate(heard: readonly Heard[]): Calibration | undefined {
  const judged = heard.filter(({ said }) => said.item.group === 'sentences').flatMap(judge);
  if (judged.length === 0) return undefined;
  return {
    words: judged.length,
    rightRatio: judged.filter(({ isRight }) => isRight).length / judged.length,
    meanConfidence: judged.reduce((sum, { confidence }) => sum + confidence, 0) / judged.length,
    expectedError: expectedCalibrationError(judged),
    bins: calibrationBins(judged),
  };
}

function judge({ said, clips = [] }: Heard): JudgedConfidence[] {
  const words = clips.flatMap((clip) => clip.words ?? []);
  const rights = judgeWords(
    said.item.text ?? '',
    words.map(({ text }) => text),
    WHISPER_ENGLISH,
  );
  return words.flatMap(({ confidence }, index) => {
    const isRight = rights[index];
    return isRight === undefined ? [] : [{ confidence, isRight }];
  });
}

/** In one line. */
export function formatCalibration({ words, rightRatio, meanConfidence, expectedError }: Calibration): string {
  const verdict = expectedError <= CALIBRATION_GOAL ? 'reached' : 'missed';
  return (
    `${expectedError.toFixed(3)} over ${words} words, ${(100 * rightRatio).toFixed(1)} % right at a mean confidence of ` +
    `${meanConfidence.toFixed(3)}, goal at most ${CALIBRATION_GOAL}: ${verdict}`
  );
}
