import { textFormat } from './fields.ts';
import type { Infer } from './schema.ts';

/** How texts are written; what is left out is as it was heard. */
export type TextFormat = Infer<typeof textFormat>;

/**
 * Checks a format before it is asked for.
 *
 * @throws ProtocolError `bad_message`, naming the field.
 */
export function parseTextFormat(value: unknown): TextFormat {
  return textFormat.parse(value, 'format');
}
