import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { planRun, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import type { ArchivePlan } from '../../../src/model/policy/archive-plan.ts';
import type { PolicySet } from '../../../src/model/policy/policy.ts';
import { standingClock } from '../archive-trial.ts';
import type { Trial } from '../faults/each-stop.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { Stopper } from '../faults/stopper.ts';
import { disturbedCopier } from './disturbed-copier.ts';
import { SMALL_NOW } from './small-database.ts';

/** What belongs together in a database: rows of `tables` with the same answer of `unitOf` are one unit. */
export interface UnitRule {
  readonly root: string;
  /** The root's row of each row of a table, as SQL over the table: `session_id`, or a subquery. */
  readonly members: ReadonlyMap<string, string>;
}

export interface BoundCase {
  /** Creates and fills the tables. */
  readonly ddl: string;
  readonly policies: PolicySet;
  readonly units: readonly UnitRule[];
  /** What others do when a segment was copied, and none of its rows is deleted yet. */
  readonly meanwhile?: (db: DatabaseSync, segment: string) => void;
}

/** A database of tables that belong together, its archive, and an oracle that shares no code with Firn. */
export class BoundWorld implements Trial {
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'a.db');
  readonly archives: string = join(this.folder, 'archives');
  now: number = SMALL_NOW;
  readonly #case: BoundCase;
  #meanwhile: BoundCase['meanwhile'] | null;
  readonly #danglingBefore: number;

  constructor(given: BoundCase) {
    this.#case = given;
    this.#meanwhile = given.meanwhile ?? null;
    this.write((db) => db.exec(`PRAGMA journal_mode = wal; ${given.ddl}`));
    this.#danglingBefore = this.dangling();
  }

  /** Something that another program does. */
  write(action: (db: DatabaseSync) => void): void {
    using db = new DatabaseSync(this.database, { timeout: 10_000, enableForeignKeyConstraints: false });
    action(db);
  }

  async archive(stopper: Stopper = new Stopper(null)): Promise<ArchiveReport> {
    await using store = await openSqliteStore(this.database);
    await using reader = await openSqliteReader(this.database);
    const archive = stopper.archive(openFolder(this.archives));
    const copier = disturbedCopier(inlineCopier(reader, archive), (segment) => {
      this.write((db) => this.#meanwhile?.(db, segment));
    });
    this.now += 1000;
    const clock = standingClock(this.now);
    return await runArchive(
      { store: stopper.hot(store), archive, copier, clock },
      this.#case.policies,
      'all',
    );
  }

  /** From now on nobody else writes. */
  settle(): void {
    this.#meanwhile = null;
  }

  async plan(): Promise<ArchivePlan> {
    await using reader = await openSqliteReader(this.database);
    return await planRun(reader, standingClock(this.now), this.#case.policies, 'all');
  }

  async run(stopper: Stopper): Promise<void> {
    await this.archive(stopper);
  }

  /** A stopped program leaves whole units behind it; what others did meanwhile happens once. */
  async recover(stopper: Stopper): Promise<void> {
    this.assertWhole();
    this.#meanwhile = null;
    await this.archive(stopper);
  }

  async check(): Promise<void> {
    this.assertWhole();
    this.assertOnce();
    assert.ok(this.dangling() <= this.#danglingBefore, 'no reference dangles that did not before');
  }

  /** Of each unit, either no row is in the database, or all that no archive has. A child in the database has its parent. */
  assertWhole(): void {
    using db = new DatabaseSync(this.database, { timeout: 10_000 });
    for (const { root, members } of this.#case.units) {
      const key = keyOf(db, root);
      const hot = new Set(
        db
          .prepare(`SELECT ${key} AS key FROM "${root}"`)
          .all()
          .map((row) => row.key),
      );
      for (const [table, unit] of members) {
        const lost = db
          .prepare(`SELECT (${unit}) AS key FROM "${table}"`)
          .all()
          .map((row) => row.key);
        for (const orphan of lost.filter((found) => found !== null && !hot.has(found)))
          assert.ok(String(orphan).startsWith('nobody'), `a row of ${table} lost its ${root} ${orphan}`);
      }
    }
    // A unit in the database has none of its rows in a finished segment.
    const finished = db.prepare("SELECT name FROM sqlite_schema WHERE name = '_firn_receipts'").get();
    if (finished === undefined) return;
    const deleted = db
      .prepare("SELECT segment, position FROM _firn_receipts WHERE state IN ('draining', 'archived')")
      .all() as { segment: string; position: number }[];
    for (const { root, members } of this.#case.units) {
      const key = keyOf(db, root);
      const hot = new Set(
        db
          .prepare(`SELECT ${key} AS key FROM "${root}"`)
          .all()
          .map((row) => row.key),
      );
      for (const { segment, position } of deleted) {
        const table = segment.split('/')[1]!.split('.')[0]!;
        if (table !== root && !members.has(table)) continue;
        const changed = new Set(
          db
            .prepare('SELECT position FROM _firn_changed WHERE segment = ?')
            .all(segment)
            .map((row) => row.position),
        );
        for (const [at, line] of this.#lines(segment).slice(0, position).entries()) {
          const unit = table === root ? line[key] : (line._firn_unit_ ?? line.session_id ?? null);
          if (unit === null || changed.has(at)) continue;
          const gone = db.prepare(`SELECT gone FROM "seen_${table}" WHERE tag = ?`).get(String(line.tag));
          const absent = gone === undefined || gone.gone === 1;
          assert.ok(absent || !hot.has(unit as string), `${table} of unit ${unit} left, its ${root} did not`);
        }
      }
    }
  }

  /** Every row that ever was, is in the database or in the archive, and in one of them. */
  assertOnce(): void {
    using db = new DatabaseSync(this.database, { timeout: 10_000 });
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'seen\\_%' ESCAPE '\\'")
      .all()
      .map(({ name }) => String(name).slice('seen_'.length));
    assert.ok(tables.length > 0, 'the case keeps its own book');
    const archived = this.archived();
    for (const table of tables) {
      const hot = db
        .prepare(`SELECT tag FROM "${table}"`)
        .all()
        .map(({ tag }) => String(tag));
      const cold = (archived.get(table) ?? []).map(({ tag }) => String(tag));
      const seen = db.prepare(`SELECT tag, gone FROM "seen_${table}"`).all() as {
        tag: string;
        gone: number;
      }[];
      const wanted = seen.filter(({ gone }) => gone === 0).map(({ tag }) => tag);
      const maybe = new Set(seen.filter(({ gone }) => gone === 1).map(({ tag }) => tag));
      const found = [...hot, ...cold].filter((tag) => !maybe.has(tag));
      assert.deepEqual(found.sort(), wanted.sort(), `the rows of ${table}`);
    }
  }

  /** The rows in warm, as JSON: table by table. */
  archived(): Map<string, Record<string, unknown>[]> {
    const rows = new Map<string, Record<string, unknown>[]>();
    for (const segment of this.segments()) {
      const table = segment.split('/')[1]!.split('.')[0]!;
      rows.set(table, [...(rows.get(table) ?? []), ...this.#lines(segment)]);
    }
    return rows;
  }

  segments(): string[] {
    const warm = join(this.archives, 'warm');
    if (!existsSync(warm)) return [];
    return (readdirSync(warm, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.jsonl.gz'))
      .sort();
  }

  /** Rows with a declared foreign key that names no row of a table whose references are kept. */
  dangling(): number {
    using db = new DatabaseSync(this.database);
    const kept = [...this.#case.policies.policies.values()].filter(({ references }) => references === 'keep');
    const found = db.prepare('PRAGMA foreign_key_check').all();
    return found.filter(({ parent }) => kept.some(({ table }) => table === parent)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true });
  }

  #lines(segment: string): Record<string, unknown>[] {
    return gunzipSync(readFileSync(join(this.archives, 'warm', segment)))
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"_firn_'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

function keyOf(db: DatabaseSync, table: string): string {
  return String(db.prepare('SELECT name FROM pragma_table_info(?) WHERE pk = 1').get(table)!.name);
}
