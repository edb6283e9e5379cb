import { countRepeatedWords } from '@outspoken/recording';

/** What was heard in a clip. */
export interface TextPart {
  readonly text: string;
  /** Whether the next clip is the same speech, which was too long for one. */
  readonly continues: boolean;
}

/** The text of each clip as the product joins them: without the words that both parts of split speech hear. */
export function jointTexts(parts: readonly TextPart[]): string[] {
  let before: readonly string[] = [];
  return parts.map(({ text, continues }) => {
    const words = text.split(/\s+/u).filter((word) => word !== '');
    const kept = words.slice(countRepeatedWords(before, words));
    before = continues ? words : [];
    return kept.join(' ');
  });
}

/** The text of a recording. */
export function joinedText(parts: readonly TextPart[]): string {
  return jointTexts(parts)
    .filter((text) => text !== '')
    .join(' ');
}
