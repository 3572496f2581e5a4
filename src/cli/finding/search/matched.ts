import type { Query } from '../../../lookup/read/query.ts';
import { foldText } from '../../../model/filter.ts';
import { sameWord } from '../../../model/names.ts';
import { PLAIN, type Style } from '../../terminal/style.ts';

/** A value this short stands in many texts by chance. */
const SPEAKING = 4;

/** Marks what matched in texts of rows. */
export interface Matched {
  /** In the text of one column. */
  inColumn(column: string, text: string): string;
  /** In a text that several columns are in, of which about `room` characters are seen: it begins before the first match where that is behind. */
  inRow(text: string, room: number): string;
}

/** @param style without colour, nothing is marked. */
export function matchedBy({ where, text }: Pick<Query, 'where' | 'text'>, style: Style): Matched {
  const anywhere = text === null || text === '' ? [] : [text];
  const parts = where.filter(({ op, value }) => op === '~' && value !== '');
  const equal = where.filter(({ op, value }) => op === '=' && value.length >= SPEAKING);
  return {
    inColumn(column, shown) {
      const own = where.filter((condition) => sameWord(condition.column, column));
      if (own.some(({ op, value }) => op === '=' && value === shown)) return style.match(shown);
      const sought = own.filter(({ op }) => op === '~').map(({ value }) => value);
      return mark(shown, [...anywhere, ...sought], style);
    },
    inRow(shown, room) {
      const needles = [...anywhere, ...[...parts, ...equal].map(({ value }) => value)];
      return mark(style === PLAIN ? shown : fromMatch(shown, needles, room), needles, style);
    },
  };
}

const BEFORE = 12;

function fromMatch(text: string, needles: readonly string[], room: number): string {
  const folded = foldText(text);
  const places = needles.map((needle) => folded.indexOf(foldText(needle))).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const longest = Math.max(0, ...needles.map(({ length }) => length));
  return first + longest <= room ? text : `…${text.slice(Math.max(0, first - BEFORE))}`;
}

/** Marks each occurrence, compared as `~` compares; of several that begin at one place the longest. */
function mark(text: string, needles: readonly string[], style: Style): string {
  const sought = needles.filter((needle) => needle !== '').map(foldText);
  const folded = foldText(text);
  let marked = '';
  let done = 0;
  for (let at = 0; at < text.length; ) {
    const length = Math.max(
      0,
      ...sought.filter((needle) => folded.startsWith(needle, at)).map((n) => n.length),
    );
    if (length === 0) {
      at++;
      continue;
    }
    marked += text.slice(done, at) + style.match(text.slice(at, at + length));
    at += length;
    done = at;
  }
  return marked + text.slice(done);
}
