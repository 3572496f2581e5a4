import { FirnError } from './errors.ts';

/**
 * One condition on a column's value. Conditions of a list are ANDed.
 *
 * What matches (`matches` below, and every SQL built from a condition, must agree):
 * - NULL matches nothing, `!=` included.
 * - A TEXT value is compared with the condition's text, by its UTF-8 bytes whatever the column's collation.
 * - An INTEGER or REAL value is compared with the condition's number (`conditionNumber`), exactly: 64-bit integers are
 *   not rounded. When the condition's text is not a number only `!=` matches.
 * - A BLOB is compared with the condition's bytes (`conditionBytes`), byte by byte. When the condition's text is none only `!=` matches.
 * - `~` is "contains", for TEXT values alone, with ASCII letters folded.
 */
export interface Condition {
  readonly column: string;
  readonly op: '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';
  readonly value: string;
}

/** The column reads, as text, as one of these values. */
export interface Among {
  readonly column: string;
  readonly values: ReadonlySet<string>;
}

/** A predicate that keeps its rows where they are until it is released. */
export interface Hold {
  readonly id: number;
  readonly table: string;
  readonly conditions: readonly Condition[];
  readonly reason: string;
  readonly createdAt: string;
}

/** The forms of a condition in words, for help and messages. */
export const CONDITION_FORMS =
  'key=value, key!=value, key<value, key<=value, key>value, key>=value, key~part';

const CONDITION = /^(?:"((?:[^"]|"")*)"|([^=!<>~"]+))(!=|<=|>=|=|<|>|~)(.*)$/su;

/**
 * Reads `key=value` and its kin. The value is taken as it stands, to the end, and may be empty. A column whose name
 * holds an operator is written in double quotes: `"a=b"=1`.
 * @throws FirnError `usage` naming the text and the forms.
 */
export function parseCondition(text: string): Condition {
  const [, quoted, plain, op, value] = CONDITION.exec(text) ?? [];
  const column = quoted?.replaceAll('""', '"') ?? plain;
  if (column === undefined || op === undefined || value === undefined) {
    refuse(text, `${JSON.stringify(text)} is not a condition. Write one of: ${CONDITION_FORMS}.`);
  }
  if (plain !== undefined && plain !== plain.trim()) {
    refuse(text, `${JSON.stringify(text)} has spaces around the column name. Write ${plain.trim()}${op}…`);
  }
  return { column, op: op as Condition['op'], value };
}

/** What `parseCondition` reads back. */
export function formatCondition({ column, op, value }: Condition): string {
  const bare = column !== '' && column === column.trim() && !/[=!<>~"]/.test(column);
  return `${bare ? column : `"${column.replaceAll('"', '""')}"`}${op}${value}`;
}

/** A stored value as `matches` takes it: integers as bigint, reals as number. */
export type Value = null | bigint | number | string | Uint8Array;

/** True when a stored value satisfies the condition. */
export function matches({ op, value }: Pick<Condition, 'op' | 'value'>, stored: Value): boolean {
  if (stored === null) return false;
  if (op === '~') return typeof stored === 'string' && foldText(stored).includes(foldText(value));
  if (typeof stored === 'string') return holds(op, compareText(stored, value));
  if (stored instanceof Uint8Array) {
    const bytes = conditionBytes(value);
    return bytes === null ? op === '!=' : holds(op, Buffer.compare(stored, bytes));
  }
  const wanted = conditionNumber(value);
  if (wanted === null) return op === '!=';
  return holds(op, stored < wanted ? -1 : stored > wanted ? 1 : 0);
}

const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const UNSAYABLE: ReadonlySet<string> = new Set(['Infinity', '-Infinity', '-0.0']);
const LEAST_INTEGER = -(2n ** 63n);
const GREATEST_INTEGER = 2n ** 63n - 1n;

/**
 * The condition's text as a number to bind or compare with: bigint when it is a 64-bit integer; null when it is none. What JSON cannot say
 * is read as answers have it: `{"$real":"-Infinity"}`.
 */
export function conditionNumber(text: string): bigint | number | null {
  const real = escapedValue(text, '$real');
  if (real !== null) return UNSAYABLE.has(real) ? Number(real) : null;
  if (!NUMBER.test(text)) return null;
  if (/^[+-]?[0-9]+$/.test(text)) {
    const integer = BigInt(text.replace(/^\+/, ''));
    if (integer >= LEAST_INTEGER && integer <= GREATEST_INTEGER) return integer;
  }
  return Number(text);
}

const BLOB_LITERAL = /^[xX]'((?:[0-9a-fA-F]{2})*)'$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Shorter ones are more often words and numbers; `x'…'` says what is meant. */
const HEX = /^(?:[0-9a-fA-F]{2}){4,}$/;

/**
 * The condition's text as the bytes of a BLOB: `x'00ff'`, `{"$blob":"AP8="}` as archived lines and JSON answers have it, a UUID, or at least
 * eight hexadecimal digits; null when it is none of them.
 */
export function conditionBytes(text: string): Uint8Array | null {
  const base64 = escapedValue(text, '$blob');
  if (base64 !== null) {
    const bytes = Buffer.from(base64, 'base64');
    return bytes.toString('base64') === base64 ? bytes : null;
  }
  const hex =
    BLOB_LITERAL.exec(text)?.[1] ?? (UUID.test(text) ? text.replaceAll('-', '') : HEX.exec(text)?.[0]);
  return hex === undefined ? null : Buffer.from(hex, 'hex');
}

/** The text of an object with this one key, as JSON in any layout; null when the text is none. */
function escapedValue(text: string, key: '$blob' | '$real'): string | null {
  if (!/^\s*\{/.test(text)) return null;
  try {
    const [[name, value] = [], ...others] = Object.entries(JSON.parse(text));
    return name === key && typeof value === 'string' && others.length === 0 ? value : null;
  } catch {
    return null;
  }
}

/** Text as `~` compares it: ASCII letters lower-case, as SQLite's `lower` does. */
export function foldText(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function holds(op: Exclude<Condition['op'], '~'>, order: number): boolean {
  switch (op) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function refuse(text: string, message: string): never {
  throw new FirnError('usage', message, { operation: 'read a condition', path: text });
}
