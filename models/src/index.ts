export { type ModelFile, type ModelFileNames, type ModelManifest, type ModelName, readModelManifest } from './manifest.ts';
export { ModelError, type ModelErrorCode, type ModelErrorDetails } from './model-error.ts';
export { type LoadedModel, loadModelFiles, modelFilePath } from './model-files.ts';
