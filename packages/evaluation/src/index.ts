export { align, type EditOperation } from './errors/alignment.ts';
export {
  countCharacterErrors,
  countErrors,
  countWordErrors,
  type ErrorCounts,
  editCount,
  errorRatio,
  NO_ERRORS,
  sumErrors,
} from './errors/error-counts.ts';
export { judgeWords } from './errors/judged-words.ts';
export { countMissedPhrases } from './errors/missed-phrases.ts';
export { EvaluationError, type EvaluationErrorCode } from './evaluation-error.ts';
export { formatManifest, type ManifestEntry, readManifest, sliceNameOf } from './manifest/manifest.ts';
export {
  findNormaliser,
  NORMALISERS,
  type Normaliser,
  PLAIN,
  WHISPER_ENGLISH,
  WHISPER_ENGLISH_NUMBERS,
} from './normalisation/normaliser.ts';
export {
  type AlignedClip,
  createReport,
  type EvaluatedSystem,
  type EvaluationReport,
  type FailedClip,
  type HeardClip,
  type ReportClip,
  type ReportInput,
  worstClips,
} from './report/evaluation-report.ts';
export { formatReportPage } from './report/report-page.ts';
export { formatReportText, percentText } from './report/report-text.ts';
export {
  type BootstrapOptions,
  bootstrapDifference,
  bootstrapErrorRatio,
  DEFAULT_BOOTSTRAP_OPTIONS,
  type Interval,
  type PairedDifference,
  type PairedErrors,
  type SpokenErrors,
} from './summary/bootstrap.ts';
export { type CalibrationBin, calibrationBins, expectedCalibrationError, type JudgedConfidence } from './summary/calibration.ts';
export {
  type CalibrationKnot,
  type CalibrationOptions,
  DEFAULT_CALIBRATION_OPTIONS,
  fitCalibration,
  fitIsotonic,
  type IsotonicPoint,
  type IsotonicStep,
} from './summary/isotonic.ts';
export { type CountedClip, type SliceSummary, type Summary, summarise, summariseBy } from './summary/slices.ts';
