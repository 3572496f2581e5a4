import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** What `firn init` should say of a table. */
export type Verdict =
  /** Archive it by its own time. */
  | 'archive'
  /** Archive it together with the parent that its rows belong to. */
  | 'with'
  /** Leave it: newer rows refer to old rows of it. */
  | 'in_use'
  /** Leave it: its old rows still change. */
  | 'living'
  /** Leave it: the program keeps the versions of its schema there. */
  | 'migrations'
  /** Leave it: it holds accounts or secrets. */
  | 'accounts'
  /** Leave it: the program deletes its rows soon. */
  | 'short_lived'
  /** Leave it: no column is a time, and it belongs to no archived table. */
  | 'no_time';

/** The right answer for one table: what to do, and the time column (null: it has none). */
export type Answer = readonly [verdict: Verdict, time: string | null];

/** When the rows of a made database were written, and how many the largest table has. */
export interface Period {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly days: number;
  readonly rows: number;
}

/** Writes rows, and decides what chance would: the same for every run. */
export interface Pen {
  readonly now: number;
  readonly days: number;
  readonly rows: number;
  write(table: string, row: Readonly<Record<string, SQLInputValue>>): void;
  /** So many instants in epoch milliseconds, ascending over the period; the last one is minutes old. */
  moments(count: number): readonly number[];
  /** A whole number of at least 0 and below the limit. */
  below(limit: number): number;
  hex(digits: number): string;
}

/** The database of a program as it is found on a disk: its real schema, and rows as it writes them. */
export interface Program {
  readonly name: string;
  readonly version: string;
  /** Where its schema is published. */
  readonly source: string;
  /** The statements by which the program makes its tables, as facts of its schema. */
  readonly schema: string;
  readonly answers: Readonly<Record<string, Answer>>;
  fill(pen: Pen): void;
}

/** 2026-06-01T00:00:00Z. */
export const PROGRAM_NOW: number = Date.UTC(2026, 5, 1);
export const DAY: number = 86_400_000;
const PERIOD: Period = { now: PROGRAM_NOW, days: 200, rows: 600 };

/** Makes a program's database at a path. */
export function makeProgram(program: Program, path: string, period: Partial<Period> = {}): void {
  using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec(program.schema);
  db.exec('BEGIN');
  program.fill(penFor(db, { ...PERIOD, ...period }));
  db.exec('COMMIT');
}

function penFor(db: DatabaseSync, { now, days, rows }: Period): Pen {
  const statements = new Map<string, StatementSync>();
  let state = 20_260_601;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    ...{ now, days, rows, below },
    write(table, row) {
      const names = Object.keys(row);
      const key = `${table}(${names.join()})`;
      const sql = `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      const statement = statements.get(key) ?? db.prepare(sql);
      statements.set(key, statement);
      statement.run(...Object.values(row));
    },
    moments(count) {
      const step = (days * DAY) / count;
      return Array.from({ length: count }, (_, at) =>
        Math.floor(now - 60_000 - (count - at - 1) * step - random() * Math.min(step, 300_000)),
      );
    },
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
  };
}

/** `2026-05-31 23:58:07.123`, as many SQL libraries write a time in UTC. */
export function spaced(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
