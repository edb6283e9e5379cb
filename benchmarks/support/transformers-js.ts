import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, MoonshineForConditionalGeneration, Tensor } from '@huggingface/transformers';
import { loadModelFiles, modelFilePath } from '@outspoken/models';
import { createVocabularyText } from './vocabulary-text.ts';

const NAME = 'moonshine';
/** The package reads the sizes of the model from here; Moonshine Tiny's, as in its paper (Jeffries et al., 2024, table 1). */
const CONFIGURATION = {
  model_type: 'moonshine',
  architectures: ['MoonshineForConditionalGeneration'],
  is_encoder_decoder: true,
  hidden_size: 288,
  encoder_num_hidden_layers: 6,
  encoder_num_attention_heads: 8,
  encoder_num_key_value_heads: 8,
  decoder_num_hidden_layers: 6,
  decoder_num_attention_heads: 8,
  decoder_num_key_value_heads: 8,
  vocab_size: 32_768,
  bos_token_id: 1,
  eos_token_id: 2,
  decoder_start_token_id: 1,
};
const GENERATION = { bos_token_id: 1, eos_token_id: 2, decoder_start_token_id: 1, max_length: 194 };

/**
 * Loads the peer with the very files of our Moonshine Tiny, from a folder in the form that it expects; nothing is downloaded.
 *
 * Its `generate` is called directly: what the pipeline around it adds (feature extraction, tokenizer) is left out in its favour.
 */
export async function loadTransformersJs({ threads }: { readonly threads: number }): Promise<(samples: Float32Array) => Promise<string>> {
  const { files, manifest } = await loadModelFiles('moonshine-tiny');
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
  try {
    writeModelFolder(join(folder, NAME));
    env.allowRemoteModels = false;
    env.localModelPath = folder;
    const model = await MoonshineForConditionalGeneration.from_pretrained(NAME, {
      dtype: 'q8',
      local_files_only: true,
      session_options: { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 },
    });
    const toText = createVocabularyText(files.vocabulary);
    const tokensPerSecond = manifest.parameters['maximumTokensPerSecond'] ?? Number.NaN;
    return async (samples) => {
      const output = await model.generate({
        input_values: new Tensor('float32', samples, [1, samples.length]),
        max_new_tokens: Math.floor((samples.length / 16_000) * tokensPerSecond) + 2,
      } as Parameters<typeof model.generate>[0]);
      if (!(output instanceof Tensor)) throw new Error('generate() of the peer gave no tensor of tokens');
      return toText(Array.from(output.data as BigInt64Array, Number));
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeModelFolder(folder: string): void {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIGURATION));
  writeFileSync(join(folder, 'generation_config.json'), JSON.stringify(GENERATION));
  symlinkSync(modelFilePath('moonshine-tiny', 'encoder'), join(folder, 'onnx/encoder_model_quantized.onnx'));
  symlinkSync(modelFilePath('moonshine-tiny', 'decoder'), join(folder, 'onnx/decoder_model_merged_quantized.onnx'));
}
