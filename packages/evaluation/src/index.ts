export { EvaluationError, type EvaluationErrorCode } from './evaluation-error.ts';
export {
  findNormaliser,
  NORMALISERS,
  type Normaliser,
  PLAIN,
  WHISPER_ENGLISH,
  WHISPER_ENGLISH_NUMBERS,
} from './normalisation/normaliser.ts';
