export { decodeClip } from './moonshine/clip-decoder.ts';
export { findLeastRisk } from './moonshine/minimum-risk.ts';
export { maximumTokensOf, readMoonshineParameters } from './moonshine/parameters.ts';
export { PreparedDecoder } from './moonshine/prepared-decoder.ts';
export { Tokenizer } from './moonshine/tokenizer.ts';
