import { createHash } from 'node:crypto';
import type { GraphVariant } from '@outspoken/asr';
import type { ModelManifest } from '@outspoken/models';
import type { ModelLabels } from '@outspoken/monitoring';

/**
 * What `outspoken_model_info` says about a model. Its files count as one: the hash is the SHA-256 of their hashes,
 * in the order of their names, one a line, as `sha256sum` would read them.
 */
export function modelLabels(
  manifest: Pick<ModelManifest, 'name' | 'version' | 'quantization' | 'files'>,
  graph: GraphVariant,
): ModelLabels {
  const lines = Object.entries(manifest.files)
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([role, file]) => `${file.sha256}  ${role}\n`);
  const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
  const { name, version, quantization } = manifest;
  return { name, version, sha256, quantization, graph };
}
