import { mergePairs } from './pair-merging.ts';

const CONTROL_PIECES = new Set(['<unk>', '<s>', '</s>']);
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;
const NOT_A_BYTE = -1;

/**
 * Turns token ids into text and text into token ids: a SentencePiece vocabulary with byte fallback, whose order is that of its merges.
 *
 * Ids beyond the vocabulary are control tokens without text: the model has 768 of them (`<<ST_0>>` to `<<ST_767>>`, ids 32000
 * to 32767), which speech recognition never uses.
 */
export class Tokenizer {
  /** Number of pieces with a text or a control meaning in the vocabulary. */
  readonly pieceCount: number;
  readonly #texts: readonly string[];
  readonly #bytes: Int16Array;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #byteIds: ReadonlyMap<number, number>;

  /** @param vocabulary - UTF-8, one piece a line, the line number is the id; `▁` stands for a space. */
  constructor(vocabulary: Uint8Array) {
    const pieces = new TextDecoder('utf-8', { fatal: true }).decode(vocabulary).split('\n');
    this.pieceCount = pieces.length;
    this.#bytes = Int16Array.from(pieces, (piece) => {
      const hexadecimal = BYTE_PIECE.exec(piece)?.[1];
      return hexadecimal === undefined ? NOT_A_BYTE : Number.parseInt(hexadecimal, 16);
    });
    this.#texts = pieces.map((piece) => (CONTROL_PIECES.has(piece) ? '' : piece.replaceAll('▁', ' ')));
    this.#ids = new Map([...this.#texts.entries()].flatMap(([id, text]) => (text === '' || this.#isByte(id) ? [] : [[text, id] as const])));
    this.#byteIds = new Map([...this.#bytes.entries()].flatMap(([id, byte]) => (this.#isByte(id) ? [[byte, id] as const] : [])));
  }

  /**
   * The tokens of a text, as the model itself spells it; the first word of a text has a leading space there. Decoded they are the text,
   * what is no well-formed Unicode replaced by U+FFFD.
   */
  encode(text: string): number[] {
    const pieces = mergePairs([...text], (piece) => this.#ids.get(piece));
    return pieces.flatMap((piece) => this.#ids.get(piece) ?? this.#spell(piece));
  }

  /**
   * The text of each token; joined they are the whole text, with the leading space of the first word.
   *
   * A character that is spelled byte by byte belongs to its last byte; bytes that are not UTF-8 become U+FFFD.
   */
  decode(tokenIds: readonly number[]): string[] {
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    const texts: string[] = [];
    for (const id of tokenIds) {
      const byte = this.#bytes[id] ?? NOT_A_BYTE;
      if (byte === NOT_A_BYTE) {
        appendToLast(texts, utf8.decode());
        texts.push(this.#texts[id] ?? '');
      } else {
        texts.push(utf8.decode(Uint8Array.of(byte), { stream: true }));
      }
    }
    appendToLast(texts, utf8.decode());
    return texts;
  }

  #isByte(id: number): boolean {
    return (this.#bytes[id] ?? NOT_A_BYTE) !== NOT_A_BYTE;
  }

  #spell(character: string): number[] {
    return [...new TextEncoder().encode(character)].flatMap((byte) => this.#byteIds.get(byte) ?? []);
  }
}

/** Gives what an unfinished character leaves behind to the token of its last byte. */
function appendToLast(texts: string[], rest: string): void {
  if (rest !== '') {
    texts.push((texts.pop() ?? '') + rest);
  }
}
