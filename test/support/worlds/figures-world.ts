import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { firn, type Outcome } from '../../cli/world.ts';
import { type CountedRow, countArchive, liveRows } from '../independent/count.ts';

const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 1, 1);
/** Between two rows. */
const STEP = 12_007_000;
const RUNS = [20, 45, 70, 95].map((day) => FIRST + day * DAY);
const LAST_CLEANUP = FIRST + 95 * DAY + 1000;
const RESTORED_FROM = Date.UTC(2026, 4, 1);
const RESTORED_TO = Date.UTC(2026, 4, 3);

/** When the figures are asked for, in ms. */
export const FIGURES_NOW: number = Date.UTC(2026, 5, 1, 12);

export interface FiguresTable {
  readonly table: string;
  readonly key: string | null;
  readonly hotDays: number;
  readonly warmDays: number;
  readonly coldDays: number;
  readonly openWhile: string | null;
}

export const FIGURES_TABLES: readonly FiguresTable[] = [
  { table: 'texts', key: 'id', hotDays: 10, warmDays: 20, coldDays: 60, openWhile: "state = 'open'" },
  { table: 'ints', key: 'id', hotDays: 7, warmDays: 30, coldDays: 20, openWhile: null },
  { table: 'blobs', key: 'id', hotDays: 14, warmDays: 14, coldDays: 0, openWhile: null },
  { table: 'bare', key: null, hotDays: 5, warmDays: 40, coldDays: 365, openWhile: null },
];

/**
 * Four months of a database and its archive: keys of text, integer, BLOB and none; times in six forms; open, held, changed, undated,
 * restored (leased) and erased rows; warm, cold and purged segments in several parts; foreign files; and a backlog since the last run.
 */
export class FiguresWorld {
  readonly folder: string;
  readonly database: string;
  readonly archives: string;
  /** Every row that there ever was. */
  book: readonly CountedRow[] = [];
  /** The archiving and cleaning runs, and how many rows left their tier. */
  runs: { readonly command: string; readonly startedAt: number; readonly records: number }[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.database = join(folder, 'x.db');
    this.archives = join(folder, 'a');
  }

  static async make(t: TestContext): Promise<FiguresWorld> {
    const world = new FiguresWorld(mkdtempSync(join(tmpdir(), 'firn-figures-')));
    t.after(() => rmSync(world.folder, { recursive: true }));
    world.#configure();
    world.#fill();
    world.book = FIGURES_TABLES.flatMap(({ table }) => liveRows(world.database, table));
    await world.#live();
    return world;
  }

  /** A copy, to do things to. */
  copy(t: TestContext): FiguresWorld {
    const folder = mkdtempSync(join(tmpdir(), 'firn-figures-'));
    t.after(() => rmSync(folder, { recursive: true }));
    cpSync(this.folder, folder, { recursive: true, preserveTimestamps: true });
    const copy = new FiguresWorld(folder);
    copy.book = this.book;
    copy.runs = this.runs;
    return copy;
  }

  isHeld({ table, id, cells }: CountedRow): boolean {
    if (table === 'texts') return id === 't-798' || id === 't-144';
    return table === 'bare' && String(cells.said).includes('line 818 ');
  }

  isErased({ table, id }: CountedRow): boolean {
    return table === 'texts' && id >= 't-80' && id < 't-81';
  }

  /** Whether the row was restored, and is only there because of that. */
  isLeased({ table, id, time }: CountedRow): boolean {
    if (table === 'texts') return id >= 't-700' && id < 't-702';
    return table === 'ints' && time !== null && time >= RESTORED_FROM * 1000 && time < RESTORED_TO * 1000;
  }

  /** Whether the next run takes the restored row away again. */
  isLeaseOver(row: CountedRow): boolean {
    return row.table === 'ints' && this.isLeased(row);
  }

  /** The rows that there ever were, but those purged and erased: each is in one place. */
  everywhere(table: string): CountedRow[] {
    return this.#all(table).filter((row) => !this.isErased(row) && !this.#isPurged(row));
  }

  purged(table: string): CountedRow[] {
    return this.#all(table).filter((row) => this.#isPurged(row));
  }

  /** Erased from the archive. */
  erased(table: string): CountedRow[] {
    return this.#all(table).filter((row) => this.isErased(row) && row.id === 't-80');
  }

  #all(table: string): CountedRow[] {
    return this.book.filter((row) => row.table === table);
  }

  /** By the last cleanup: at the end of the row's day and its whole time. */
  #isPurged(row: CountedRow): boolean {
    if (row.time === null || this.#neverMoved(row)) return false;
    const { hotDays, warmDays, coldDays } = FIGURES_TABLES.find(({ table }) => table === row.table)!;
    const end = (Math.floor(row.time / 1000 / DAY) + 1 + hotDays + warmDays + coldDays) * DAY;
    return end <= LAST_CLEANUP;
  }

  /** The row with the greatest id stays in the database. */
  #neverMoved({ table, id }: CountedRow): boolean {
    return table === 'ints' && id === '10000';
  }

  async run(...argv: string[]): Promise<Outcome> {
    return await this.runAt(FIGURES_NOW, ...argv);
  }

  async runAt(now: number, ...argv: string[]): Promise<Outcome> {
    return await firn(argv, { cwd: this.folder, now, env: { NO_COLOR: '1' } });
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the program prints
  async json(...argv: string[]): Promise<any> {
    const { stdout, stderr } = await this.run(...argv);
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout);
  }

  sql(text: string): void {
    using db = new DatabaseSync(this.database, { enableForeignKeyConstraints: false });
    db.exec(text);
  }

  #liveCount(): number {
    return FIGURES_TABLES.reduce((rows, { table }) => rows + liveRows(this.database, table).length, 0);
  }

  #configure(): void {
    const tables = FIGURES_TABLES.map(({ table, hotDays, warmDays, coldDays, openWhile }) => {
      const open = openWhile === null ? '' : `, open_while: "${openWhile}"`;
      return `  ${table}: {hot: ${hotDays}d, warm: ${warmDays}d, cold: ${coldDays}d, time_column: at${open}, lookup_keys: [run]}`;
    });
    writeFileSync(
      join(this.folder, 'firn.config.yaml'),
      `database: x.db\narchives: a\npreset: none\ntables:\n${tables.join('\n')}\n`,
    );
  }

  #fill(): void {
    using db = new DatabaseSync(this.database);
    db.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE texts (id TEXT PRIMARY KEY, at TEXT, run TEXT, state TEXT, said TEXT);
      CREATE INDEX texts_at ON texts (at);
      CREATE TABLE ints (id INTEGER PRIMARY KEY, at INTEGER, run TEXT, said TEXT);
      CREATE INDEX ints_at ON ints (at);
      CREATE TABLE blobs (id BLOB PRIMARY KEY, at REAL, run TEXT, said TEXT);
      CREATE TABLE bare (at TEXT, run TEXT, said TEXT);
      CREATE TABLE unmanaged (id INTEGER PRIMARY KEY, at TEXT);
      INSERT INTO unmanaged (at) VALUES ('2026-01-01'), ('2026-01-02'), (NULL);
      BEGIN`);
    const text = db.prepare('INSERT INTO texts VALUES (?, ?, ?, ?, ?)');
    const int = db.prepare('INSERT INTO ints VALUES (?, ?, ?, ?)');
    const blob = db.prepare('INSERT INTO blobs VALUES (?, ?, ?, ?)');
    const bare = db.prepare('INSERT INTO bare VALUES (?, ?, ?)');
    // So far apart that times fall everywhere in a day, the midnights of other zones included.
    for (let n = 0; FIRST + n * STEP < FIGURES_NOW; n++) {
      const at = FIRST + n * STEP;
      const run = `run-${n % 5}`;
      const said = `line ${n} ${'x'.repeat((n * 37) % 180)}`;
      text.run(`t-${n}`, textTime(at, n), run, n % 97 === 5 ? 'open' : 'done', said);
      if (n % 2 === 0) int.run(10_000 - n, BigInt(at), run, said);
      if (n % 3 === 0) blob.run(blobKey(n), at / 1000, run, said);
      bare.run(textTime(at, n + 1), run, n % 4 === 0 ? 'the same' : said);
    }
    text.run('undated-1', 'yesterday', 'run-0', 'done', 'no time');
    text.run('undated-2', null, 'run-0', 'open', 'no time');
    int.run(-1, null, 'run-0', 'no time');
    db.exec('COMMIT');
  }

  async #live(): Promise<void> {
    const done = async (now: number, ...argv: string[]): Promise<void> => {
      const before = { rows: this.#liveCount(), archive: countArchive(this.archives).segments };
      const { status, stdout, stderr } = await this.runAt(now, ...argv);
      const [command] = argv as [string];
      if (command === 'archive')
        this.runs.push({ command, startedAt: now, records: before.rows - this.#liveCount() });
      if (command === 'cleanup') {
        const after = new Map(countArchive(this.archives).segments.map((one) => [one.name, one.tier]));
        const moved = before.archive.filter(({ name, tier }) => after.get(name) !== tier);
        const records = moved.reduce((rows, one) => rows + one.rows.length, 0);
        this.runs.push({ command, startedAt: now, records });
      }
      assert.equal(status, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
    };
    for (const at of RUNS) {
      await done(at, 'archive', 'all');
      await done(at + 1000, 'cleanup', 'archives');
    }
    const now = FIRST + 108 * DAY;
    await done(now, 'archive', 'all');
    await done(
      now + 1000,
      'restore',
      'texts',
      '--where',
      'id>=t-700',
      '--where',
      'id<t-702',
      '--into',
      'hot',
      '--for',
      '60d',
    );
    await done(
      now + 2000,
      'restore',
      'ints',
      '--since',
      '2026-05-01',
      '--until',
      '2026-05-02',
      '--into',
      'hot',
      '--for',
      '1d',
    );
    await done(now + 3000, 'erase', '--table', 'texts', '--where', 'id>=t-80', '--where', 'id<t-81', '--yes');
    await done(now + 4000, 'hold', 'add', '--table', 'texts', '--where', 'id=t-798', '--reason', 'audit');
    await done(
      now + 5000,
      'hold',
      'add',
      '--table',
      'bare',
      '--where',
      'said~line 818 ',
      '--reason',
      'audit',
    );
    await done(now + 6000, 'hold', 'add', '--table', 'texts', '--where', 'id=t-144', '--reason', 'audit');
    writeFileSync(join(this.archives, 'warm/stranger.txt'), 'not of Firn');
    mkdirSync(join(this.archives, 'cold/2026'), { recursive: true });
    writeFileSync(join(this.archives, 'cold/2026/notes.txt'), 'not of Firn either');
  }
}

export function blobKey(n: number): Buffer {
  const key = Buffer.alloc(16, 0xd8);
  key.writeUInt32BE(n, 4);
  return key;
}

/** An instant in one of five ways of writing it. */
function textTime(at: number, n: number): string {
  const iso = new Date(at).toISOString();
  const east = new Date(at + 2 * 3_600_000).toISOString();
  return [
    iso.replace('Z', '123Z'),
    iso,
    iso.slice(0, 19).replace('T', ' '),
    `${east.slice(0, 19)}+02:00`,
    `${iso.slice(0, 19)}+00:00`,
  ][n % 5]!;
}
