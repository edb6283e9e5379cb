import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModelFiles, modelFilePath } from '@outspoken/models';

/** The part of `sherpa-onnx-node` used here; the package has no types of its own. */
interface SherpaOnnx {
  readonly OfflineRecognizer: new (
    config: unknown,
  ) => {
    createStream(): { acceptWaveform(audio: { readonly samples: Float32Array; readonly sampleRate: number }): void };
    decodeAsync(stream: unknown): Promise<{ readonly text: string }>;
  };
}

const require = createRequire(import.meta.url);

/** Loads the peer with the very files of our Moonshine Tiny; it decodes on threads of its own, so that calls may overlap. */
export async function loadSherpaOnnx({ threads }: { readonly threads: number }): Promise<(samples: Float32Array) => Promise<string>> {
  const { files, manifest } = await loadModelFiles('moonshine-tiny');
  const { OfflineRecognizer } = require('sherpa-onnx-node') as SherpaOnnx;
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
  const tokens = join(folder, 'tokens.txt');
  writeFileSync(tokens, formatTokens(new TextDecoder().decode(files.vocabulary)));
  const recognizer = new OfflineRecognizer({
    featConfig: { sampleRate: manifest.parameters['sampleRateHz'], featureDim: 80 },
    modelConfig: {
      // `mergedDecoder` is not in the package's list of settings, but its native part reads it.
      moonshine: { encoder: modelFilePath('moonshine-tiny', 'encoder'), mergedDecoder: modelFilePath('moonshine-tiny', 'decoder') },
      tokens,
      numThreads: threads,
      provider: 'cpu',
      debug: 0,
    },
  });
  rmSync(folder, { recursive: true });
  return async (samples) => {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: 16_000 });
    return (await recognizer.decodeAsync(stream)).text.trim();
  };
}

/** sherpa-onnx reads one token a line, in base64, with its id; 768 control tokens follow the vocabulary. */
function formatTokens(vocabulary: string): string {
  const pieces = [...vocabulary.split('\n'), ...Array.from({ length: 768 }, (_, index) => `<<ST_${index}>>`)];
  return pieces.map((piece, id) => `${Buffer.from(piece).toString('base64')} ${id}\n`).join('');
}
