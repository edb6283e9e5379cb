/** How numbers are written: in words, in digits, or as the recognizer wrote them. */
export const NUMERALS = Object.freeze(['spoken', 'digits', 'as-heard'] as const);
/** What happens to profane words. */
export const PROFANITY = Object.freeze(['as-heard', 'mask'] as const);
/** What can be redacted. */
export const REDACTIONS = Object.freeze(['digits', 'email'] as const);

export type Numerals = (typeof NUMERALS)[number];
export type Profanity = (typeof PROFANITY)[number];
export type Redaction = (typeof REDACTIONS)[number];

/** How a transcript is written. */
export interface TextFormat {
  /** @defaultValue as-heard */
  readonly numerals: Numerals;
  /** @defaultValue as-heard */
  readonly profanity: Profanity;
  /** What is replaced by `[digits]` and `[email]`. @defaultValue nothing */
  readonly redact: readonly Redaction[];
}

/** The text as the recognizer wrote it. */
export const DEFAULT_TEXT_FORMAT: TextFormat = Object.freeze({
  numerals: 'as-heard',
  profanity: 'as-heard',
  redact: Object.freeze([] as const),
});

/** Fills in the defaults. The values are those of a typed caller or of a door that has checked them. */
export function textFormat(given: Partial<TextFormat> = {}): TextFormat {
  return { ...DEFAULT_TEXT_FORMAT, ...given };
}

/** Whether a format may write anything else than what was heard. */
export function changesText({ numerals, profanity, redact }: TextFormat): boolean {
  return numerals !== 'as-heard' || profanity !== 'as-heard' || redact.length > 0;
}
