import { dropFillers, expandContractions } from './contractions.ts';
import { writeNumbers } from './numbers.ts';
import { americanSpelling } from './spelling.ts';
import { dropSymbols } from './symbols.ts';

/**
 * English text in the form that Whisper's authors compare texts in: our own implementation of their rules (Radford et al., "Robust Speech
 * Recognition via Large-Scale Weak Supervision", appendix C), with their results, faults included: "John's" becomes "john is".
 */
export function whisperEnglishText(text: string): string {
  const spoken = dropFillers(dropRemarks(text.toLowerCase())).replaceAll(/\s+'/g, "'");
  const plain = dropSymbols(joinThousands(expandContractions(spoken)));
  return dropStraySymbols(americanSpelling(writeNumbers(plain))).trim();
}

/** What nobody said: "[laughter]", "<unk>", "(music)". */
function dropRemarks(text: string): string {
  return text.replaceAll(/[<[][^>\]]*[>\]]/g, '').replaceAll(/\([^)]+\)/g, '');
}

/** "1,234" is one number; a point that no digit follows ends a sentence or an abbreviation. */
function joinThousands(text: string): string {
  return text.replaceAll(/(\d),(\d)/g, '$1$2').replaceAll(/\.([^0-9]|$)/g, ' $1');
}

/** Signs that belong to no number, and white space of every kind. */
function dropStraySymbols(text: string): string {
  return text
    .replaceAll(/[.$¢€£]([^0-9])/g, ' $1')
    .replaceAll(/([^0-9])%/g, '$1 ')
    .replaceAll(/\s+/g, ' ');
}
