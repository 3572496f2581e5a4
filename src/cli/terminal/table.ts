import { createRequire } from 'node:module';
import type { Style } from './style.ts';

/** Loaded when there is a table to draw, because they take 10 MB. */
const require = createRequire(import.meta.url);
const tables = (): typeof import('cli-table3') => require('cli-table3');
const textWidths = (): typeof import('string-width') => require('string-width');
/** Text that is as wide as it has characters: the library, which takes long to load, is not needed. */
const PLAIN = /^[ -~–…·]*$/;

export interface ColumnLayout {
  readonly title: string;
  /** Numbers stand right, words left. */
  readonly align?: 'left' | 'right';
}

const GAP = 2;
const NARROWEST = 8;
const NO_LINES: Record<string, string> = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((corner) => [`${side}${corner}`, '']),
  ),
);

/**
 * A table without borders, two spaces in, at most `width` wide: the widest column of words is cut (with `…`)
 * where it would not fit.
 */
export function renderTable(
  columns: readonly ColumnLayout[],
  rows: readonly (readonly string[])[],
  style: Style,
  width = 80,
): string {
  const widths = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const Table = tables();
  const table = new Table({
    head: columns.map(({ title }) => style.faint(title)),
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: fit(columns, widths, width - 2),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

/** How many of the columns fit, when all columns of words are cut as far as they may be. At least one. */
export function columnsThatFit(
  columns: readonly ColumnLayout[],
  rows: readonly (readonly string[])[],
  width: number,
): number {
  let taken = -GAP;
  for (const [at, { title, align }] of columns.entries()) {
    const widest = Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? '')));
    taken += GAP + (align === 'right' ? widest : Math.min(widest, NARROWEST));
    if (taken > width - 2) return Math.max(1, at);
  }
  return columns.length;
}

function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : textWidths().default(text);
}

function fit(columns: readonly ColumnLayout[], widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  const taken = (): number => fitted.reduce((sum, width) => sum + width, GAP * (fitted.length - 1));
  while (taken() > room) {
    const words = fitted.map((width, at) => (columns[at]?.align === 'right' ? 0 : width));
    const widest = words.indexOf(Math.max(...words));
    if ((fitted[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = Math.max(NARROWEST, (fitted[widest] ?? 0) - (taken() - room));
  }
  return fitted;
}
