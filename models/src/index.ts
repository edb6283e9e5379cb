export { type DerivedFiles, type DerivedFilesEvent, type DerivedFilesOptions, loadDerivedFiles } from './derived-files.ts';
export {
  type CarriedFile,
  type HubFile,
  isHubFile,
  isModelName,
  type ModelFile,
  type ModelFileNames,
  type ModelManifest,
  type ModelName,
  modelNames,
  readModelManifest,
} from './manifest.ts';
export { CACHE_VARIABLE, type CacheSurroundings, cachedFilePath, modelCacheFolder } from './model-cache.ts';
export { checkModel, type FileCheck, type FileState, stateOf } from './model-check.ts';
export { ModelError, type ModelErrorCode, type ModelErrorDetails } from './model-error.ts';
export { type LoadedModel, loadModelFiles, type ModelFilesOptions, modelFilePath } from './model-files.ts';
export { type PullOptions, type PullProgress, type PullResult, pullModel } from './pull.ts';
export { loadModelReference, type ModelReference } from './reference.ts';
