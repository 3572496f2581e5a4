import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { DAY, PROGRAM_NOW } from '../program.ts';

type Rows = Readonly<Record<string, Readonly<Record<string, SQLInputValue>>>>;

/** A database of a kind that `firn init` was not written for: the schema of a real program, and rows as it writes them. */
export interface HeldBack {
  readonly name: string;
  readonly ddl: string;
  /** The rows that are written at this time (epoch milliseconds), the `n`-th of `COUNT`: one of each table at most. */
  rows(at: number, n: number): Rows;
  /** Of each table: its time column, with its `time_format` where that is not `auto`; `with PARENT`; why it is left; null where it has no time. */
  readonly answers: Readonly<Record<string, string | null>>;
}

/** Rows of the largest table, over this many days. */
const [COUNT, DAYS] = [240, 160] as const;

export function makeHeldBack({ ddl, rows }: HeldBack, path: string): void {
  using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec(ddl);
  db.exec('BEGIN');
  for (let n = 0; n < COUNT; n++) {
    const at =
      PROGRAM_NOW - 60_000 - Math.floor(((COUNT - 1 - n) * DAYS * DAY) / COUNT) - ((n * 7919) % 50_000);
    for (const [table, row] of Object.entries(rows(at, n))) {
      const names = Object.keys(row);
      const marks = names.map(() => '?').join(', ');
      db.prepare(
        `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${marks})`,
      ).run(...Object.values(row));
    }
  }
  db.exec('COMMIT');
}

/** Rows that only some instants have. */
export function some<R extends object>(when: boolean, rows: R): R | Record<never, never> {
  return when ? rows : {};
}

export const ms = (at: number): bigint => BigInt(at);
export const iso = (at: number): string => new Date(at).toISOString();
/** `2026-05-31 23:58:07`. */
export const plain = (at: number): string => iso(at).slice(0, 19).replace('T', ' ');
export const seconds = (at: number): number => Math.floor(at / 1000);
export const webkit = (at: number): bigint => (BigInt(at) + 11_644_473_600_000n) * 1000n;
export const ticks = (at: number): bigint => (BigInt(at) + 62_135_596_800_000n) * 10_000n;
export const julian = (at: number): number => at / DAY + 2_440_587.5;
/** A time that has nothing to do with when its row was written, in the years before `at`. */
export const elsewhen = (at: number, n: number): number => at - ((n * 2_654_435_761) % 4_000) * DAY;
