/** Turns token ids into text; see {@link createVocabularyText}. */
export type VocabularyText = (tokenIds: readonly number[]) => string;

/**
 * The plain way from tokens to text for peers that stop at token ids: pieces joined, bytes decoded, control tokens left out.
 *
 * @param vocabulary - One piece a line; the line number is the id.
 */
export function createVocabularyText(vocabulary: Uint8Array): VocabularyText {
  const encoder = new TextEncoder();
  const pieces = new TextDecoder()
    .decode(vocabulary)
    .split('\n')
    .map((piece) => {
      const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
      if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
      return encoder.encode(/^<(unk|\/?s)>$/.test(piece) ? '' : piece.replaceAll('▁', ' '));
    });
  return (tokenIds) => new TextDecoder().decode(Buffer.concat(tokenIds.map((id) => pieces[id] ?? new Uint8Array(0)))).trim();
}
