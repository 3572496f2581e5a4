import { type Condition, conditionBytes, conditionNumber, foldText } from '../../model/filter.ts';

/** Bytes that every line with a match must hold: what lets most lines go by unparsed. */
export interface Needle {
  readonly bytes: Buffer;
  /** Bytes of which a line may hold one instead; null when there are none. */
  readonly or: Buffer | null;
  /** True when the bytes (and those of `or`) are lower-case and stand for any case of their ASCII letters. */
  readonly folded: boolean;
}

/** Control characters whose escape in JSON has one form only are kept; the others cut a text in two. */
const CUT = /[\0-\x07\x0b\x0e-\x1f]+/;

/** How a value begins that is text but no UTF-8: its bytes are in base64, which no needle is looked for in. */
const INVALID_TEXT: Buffer = Buffer.from('{"$text":"');

/** What a line must hold when a TEXT value of it contains this text; null when nothing is sure. */
export function containsNeedle(text: string): Needle | null {
  const bytes = longestPiece(foldText(text));
  return bytes === null ? null : { bytes, or: INVALID_TEXT, folded: true };
}

/** What a line must hold when it satisfies the condition; null when nothing is sure. */
export function conditionNeedle({ op, value }: Pick<Condition, 'op' | 'value'>): Needle | null {
  if (op === '~') return containsNeedle(value);
  // A number may stand there in several forms.
  if (op !== '=' || conditionNumber(value) !== null) return null;
  const bytes = CUT.test(value) ? longestPiece(value) : Buffer.from(JSON.stringify(value));
  if (bytes === null) return null;
  const blob = conditionBytes(value);
  const or = blob === null ? null : Buffer.from(`{"$blob":"${Buffer.from(blob).toString('base64')}"}`);
  return { bytes, or, folded: false };
}

/** The longest of several, the exact ones first: the one that the fewest lines hold. */
export function bestNeedle(needles: readonly (Needle | null)[]): Needle | null {
  const found = needles.filter((needle) => needle !== null);
  found.sort((a, b) => Number(a.folded) - Number(b.folded) || b.bytes.length - a.bytes.length);
  return found[0] ?? null;
}

/**
 * Bytes as text of one character a byte, upper-case letters made lower-case. It changes bytes of other letters too, in a
 * needle as in the text that is searched for it, so that it finds too much at worst.
 */
export function foldBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').toLowerCase();
}

function longestPiece(text: string): Buffer | null {
  const pieces = text.split(CUT).map((piece) => Buffer.from(JSON.stringify(piece).slice(1, -1)));
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best));
  return longest.length === 0 ? null : longest;
}
