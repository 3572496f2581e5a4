import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy, PolicySet } from '../../../src/model/policy/policy.ts';
import type { Random } from '../faults/random.ts';
import { policyOf } from '../worlds/small-database.ts';

export const DAY_MS = 86_400_000;
export const HOT_DAYS = 7;
/** From the end of a row's day until it may be purged. */
export const KEPT_DAYS: number = HOT_DAYS + 10 + 20;

/** A value as it is bound. */
export type Value = string | bigint | number | Uint8Array | null;

/** How a table names its rows. */
export interface KeyKind {
  readonly name: string;
  /** The columns of the key, as declared, and what stands behind them. */
  readonly columns: readonly string[];
  readonly ddl: string;
  readonly after: string;
  /** The `n`-th key; null where the database gives it. */
  readonly make: (n: number, random: Random) => readonly Value[];
}

const KINDS: readonly KeyKind[] = [
  kind('text', ['id'], 'id TEXT PRIMARY KEY, ', '', (n) => [`row "${n}" é`]),
  kind('integer', ['id'], 'id INTEGER PRIMARY KEY, ', '', () => [null]),
  kind('auto', ['id'], 'id INTEGER PRIMARY KEY AUTOINCREMENT, ', '', () => [null]),
  kind('pair', ['a', 'b'], 'a INTEGER, b TEXT, ', 'PRIMARY KEY (a, b)', (n) => [BigInt(n % 5), `b${n}`]),
  kind('norowid', ['a', 'b'], 'a TEXT, b INTEGER, ', 'PRIMARY KEY (b, a)) WITHOUT ROWID', (n) => [
    `a${n % 3}`,
    BigInt(n),
  ]),
  kind('blob', ['id'], 'id BLOB PRIMARY KEY, ', '', (n) => [new Uint8Array([0, n >> 8, n & 255, 255])]),
  kind('real', ['id'], 'id REAL PRIMARY KEY, ', '', (n) => [n / 4]),
  kind('none', [], '', '', () => []),
];

function kind(
  name: string,
  columns: readonly string[],
  ddl: string,
  after: string,
  make: KeyKind['make'],
): KeyKind {
  return { name, columns, ddl, after, make };
}

/** How a table writes a row's time, from milliseconds (a whole number of seconds). */
export interface TimeForm {
  readonly name: string;
  readonly type: string;
  readonly write: (ms: number) => Value;
}

const iso = (ms: number): string => new Date(ms).toISOString();

const FORMS: readonly TimeForm[] = [
  { name: 'iso', type: 'TEXT', write: iso },
  { name: 'micros', type: 'TEXT', write: (ms) => `${iso(ms).slice(0, 19)}.120157+00:00` },
  { name: 'offset', type: 'TEXT', write: (ms) => `${iso(ms + 7_200_000).slice(0, 19)}+02:00` },
  { name: 'sqlite', type: 'TEXT', write: (ms) => iso(ms).slice(0, 19).replace('T', ' ') },
  { name: 'seconds', type: 'INTEGER', write: (ms) => BigInt(ms / 1000) },
  { name: 'millis', type: 'INTEGER', write: (ms) => BigInt(ms) },
  { name: 'epoch real', type: 'REAL', write: (ms) => ms / 1000 },
  { name: 'numeric', type: 'NUMERIC', write: (ms) => BigInt(ms) * 1000n },
];

export interface FuzzTable {
  readonly name: string;
  readonly key: KeyKind;
  readonly form: TimeForm;
  readonly ddl: readonly string[];
  readonly policy: Policy;
}

/** Two to four tables, each of another kind. */
export function drawTables(random: Random): FuzzTable[] {
  const kinds = [...KINDS];
  return Array.from({ length: random.integer(2, 4) }, () => {
    const [key] = kinds.splice(random.integer(0, kinds.length - 1), 1) as [KeyKind];
    return drawTable(key, random);
  });
}

/** A table of one kind of key: text, integer, none … */
export function tableOfKind(name: string, random: Random): FuzzTable {
  return drawTable(KINDS.find((known) => known.name === name)!, random);
}

function drawTable(key: KeyKind, random: Random): FuzzTable {
  const name = `t_${key.name}`;
  const form = random.pick(FORMS);
  const end = key.after.includes(')) ') ? key.after : key.after === '' ? ')' : `${key.after})`;
  const columns = `${key.ddl}ts ${form.type}, uid INTEGER NOT NULL, grp TEXT, body TEXT, val`;
  const ddl = [`CREATE TABLE ${name} (${columns}${key.after === '' ? '' : ', '}${end}`];
  if (random.next() < 0.5) ddl.push(`CREATE INDEX ${name}_ts ON ${name} (ts)`);
  const policy = policyOf(name, {
    ...{ hotMs: HOT_DAYS * DAY_MS, warmMs: 10 * DAY_MS, coldMs: 20 * DAY_MS },
    lookupKeys: random.next() < 0.7 ? ['grp'] : [],
    openWhile: random.next() < 0.2 ? "grp = 'g4'" : null,
    compression: random.pick(['gzip', 'zstd', 'none'] as const),
  });
  return { name, key, form, ddl, policy };
}

export function policiesOf(tables: readonly FuzzTable[]): PolicySet {
  return buildPolicySet(tables.map(({ policy }) => policy));
}
