import type { Instant } from '../instant.ts';
import { instantOfParts, offsetSeconds } from './calendar.ts';

/** A piece of a pattern: digits of a part of the time, a zone, or a character that stands for itself. */
export interface PatternPiece {
  readonly part: Part | 'literal';
  /** As in the pattern. */
  readonly text: string;
  /** Place of its first character in a text, from 0. */
  readonly at: number;
}

type Part = 'YYYY' | 'MM' | 'DD' | 'HH' | 'mm' | 'ss' | 'S' | 'Z';

/** `S` to `SSSSSSSSS` are the digits of a fraction. `T` stands for itself. */
const PIECES = /YYYY|MM|DD|HH|mm|ss|S+|Z|./gsu;
const PARTS: readonly Part[] = ['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss', 'S', 'Z'];
/** What must be there for a part to be. */
const NEEDS: readonly (readonly [Part, Part])[] = [
  ['mm', 'HH'],
  ['ss', 'mm'],
  ['S', 'ss'],
  ['Z', 'HH'],
];
const LONGEST = 40;

/** Whether a format means a pattern, right or wrong. */
export function isPattern(format: string): boolean {
  return format.includes('YYYY');
}

export function patternPieces(pattern: string): PatternPiece[] {
  let at = 0;
  return [...pattern.matchAll(PIECES)].map(([text]) => {
    const piece: PatternPiece = { part: partOf(text), text, at };
    at += text.length;
    return piece;
  });
}

function partOf(text: string): PatternPiece['part'] {
  if (text.startsWith('S')) return 'S';
  return PARTS.find((part) => part === text) ?? 'literal';
}

/** What is wrong with a pattern; null when nothing is. */
export function patternProblem(pattern: string): string | null {
  const pieces = patternPieces(pattern);
  const say = (problem: string): string => `the time format ${JSON.stringify(pattern)} ${problem}`;
  const has = (part: Part): boolean => pieces.some((piece) => piece.part === part);
  if (pattern.length > LONGEST) return say(`is longer than ${LONGEST} characters`);
  const other = pieces.find(({ part, text }) => part === 'literal' && !/^[T \-./:,_]$/.test(text));
  if (other !== undefined)
    return say(
      `contains ${JSON.stringify(other.text)}. It can contain YYYY, MM, DD, HH, mm, ss, S (a digit of the fraction), Z at the end, T, spaces and the characters - . / : , _`,
    );
  for (const part of PARTS) {
    if (pieces.filter((piece) => piece.part === part).length > 1) return say(`has ${part} twice`);
  }
  for (const part of ['YYYY', 'MM', 'DD'] as const) if (!has(part)) return say(`lacks ${part}`);
  for (const [part, needed] of NEEDS)
    if (has(part) && !has(needed)) return say(`has ${part} without ${needed}`);
  if (has('Z') && pieces.at(-1)!.part !== 'Z') return say('has Z, the zone, before its end');
  return pieces.some(({ part, text }) => part === 'S' && text.length > 9)
    ? say('has more than nine S')
    : null;
}

/** Reads texts of a pattern. Without `HH` a text is a date: the last microsecond of its day. The same in SQL: `hot/sqlite/time/pattern-sql.ts`. */
export function patternReader(pattern: string): (text: string) => Instant | null {
  const pieces = patternPieces(pattern);
  const width = widthOf(pieces);
  const source = pieces
    .filter(({ part }) => part !== 'Z')
    .map(({ part, text }) => (part === 'literal' ? (text === '.' ? '\\.' : text) : `\\d{${text.length}}`));
  const shape = new RegExp(`^${source.join('')}${hasZone(pieces) ? '(?:Z|[+-]\\d\\d(?::?[0-5]\\d)?)' : ''}$`);
  const place = (wanted: Part): PatternPiece | undefined => pieces.find(({ part }) => part === wanted);
  const [year, month, date] = [place('YYYY')!, place('MM')!, place('DD')!];
  const [hour, minute, second, fraction] = [place('HH'), place('mm'), place('ss'), place('S')];
  return (text) => {
    if (!shape.test(text)) return null;
    const cut = (piece: PatternPiece | undefined): string =>
      piece === undefined ? '00' : text.slice(piece.at, piece.at + piece.text.length);
    const offset = hasZone(pieces) ? offsetSeconds(text.slice(width)) : 0;
    if (offset === null) return null;
    const day = { year: cut(year), month: cut(month), date: cut(date) };
    return instantOfParts(
      day,
      hour === undefined
        ? null
        : {
            ...{ hour: cut(hour), minute: cut(minute), second: cut(second), offset },
            fraction: fraction === undefined ? '' : cut(fraction),
          },
    );
  };
}

/** Characters of a text before its zone. */
export function widthOf(pieces: readonly PatternPiece[]): number {
  return pieces.reduce((sum, { part, text }) => sum + (part === 'Z' ? 0 : text.length), 0);
}

export function hasZone(pieces: readonly PatternPiece[]): boolean {
  return pieces.at(-1)?.part === 'Z';
}

/** The character between year, month and day, where texts of the pattern are in the order of time; null where they are not. */
export function orderedBy(pattern: string): string | null {
  const [, sign] = /^YYYY([-/_])MM\1DD/.exec(pattern) ?? [];
  return sign ?? null;
}
