import { keywords } from './fields.ts';

/**
 * Checks a list of keywords before it is asked for.
 *
 * @throws ProtocolError `bad_message`, naming the first that is wrong.
 */
export function parseKeywords(value: unknown): readonly string[] {
  return keywords.parse(value, 'keywords');
}
