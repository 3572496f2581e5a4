import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { loadConfig } from '../../../src/config/load.ts';
import { readTextFile } from '../../../src/config/text-file.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { openWriting } from '../../../src/stores/open-sessions.ts';
import { firn, type Outcome, type World } from '../../cli/world.ts';
import { standingClock } from '../archive-trial.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { type RowsByTable, readWithPython, readWithZlib } from '../independent/archive-rows.ts';
import { rowsOfTable } from '../independent/canonical.ts';
import { disturbedCopier } from './disturbed-copier.ts';

/** The instant of a hostile world's runs: what is older than 2026-02-03T12:00:00Z is due. */
export const HOSTILE_NOW: number = Date.parse('2026-02-10T12:00:00Z');
/** A time that is due, and one that is not. */
export const DUE = '2026-01-16T11:23:33.120157Z';
export const YOUNG = '2026-02-09T01:02:03Z';

/** What the configuration file says of a table, besides hot 7d, warm 30d, cold 365d and the time column `ts`. */
export type TableEntry = Readonly<Record<string, unknown>>;

export interface HostileOptions {
  /** Managed tables; the preset is switched off. Null: the preset alone. */
  readonly tables: Readonly<Record<string, TableEntry>> | null;
  readonly fill: (db: DatabaseSync) => void;
  readonly journal?: 'wal' | 'delete';
  readonly encoding?: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
}

/** One table of the answer of `archive --json`. */
export interface TableAnswer {
  readonly table: string;
  readonly status: string;
  readonly records: number;
  readonly kept: Readonly<Record<'changed' | 'open' | 'held' | 'last_id', number>>;
  readonly undated: number;
  readonly archive_files: readonly string[];
  readonly message?: string;
}

/** What a run of `archive --json` said. */
export interface Answer extends Outcome {
  readonly total: number;
  readonly tables: readonly TableAnswer[];
  readonly warnings: readonly string[];
  readonly reconciled: readonly {
    readonly action: string;
    readonly subject: string;
    readonly reason: string;
  }[];
}

/** A database of any shape with its archive and configuration, driven through the command line, gone when the test ends. */
export class HostileWorld {
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'data.db');
  readonly archives: string = join(this.folder, 'archives');
  readonly config: string = join(this.folder, 'firn.config.yaml');
  #originals: RowsByTable = new Map();

  constructor(t: TestContext, { tables, fill, journal = 'delete', encoding = 'UTF-8' }: HostileOptions) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    if (tables !== null) this.configure(tables);
    else writeFileSync(this.config, '');
    using db = new DatabaseSync(this.database, { enableForeignKeyConstraints: false });
    db.exec(
      `PRAGMA encoding = '${encoding}'; PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF; BEGIN`,
    );
    fill(db);
    db.exec('COMMIT');
    this.photograph();
  }

  configure(tables: Readonly<Record<string, TableEntry>>): void {
    const entries = Object.entries(tables).map(([name, entry]) => {
      const ages = { hot: '7d', warm: '30d', cold: '365d', time_column: 'ts', ...entry };
      return `  ${JSON.stringify(name)}: ${JSON.stringify(ages)}\n`;
    });
    writeFileSync(this.config, `preset: none\ntables:\n${entries.join('')}`);
  }

  /** Remembers what the tables hold: the rows that must be somewhere from now on. */
  photograph(): void {
    this.#originals = this.#hot();
  }

  /** Opens the database as somebody else would. */
  others(): DatabaseSync {
    return new DatabaseSync(this.database, { enableForeignKeyConstraints: false, timeout: 5000 });
  }

  /** Runs Firn on this database. */
  firn(argv: readonly string[], world: World = {}): Promise<Outcome> {
    const paths = ['--db-path', this.database, '--archive-path', this.archives, '--config', this.config];
    return firn([...argv, ...paths], { now: HOSTILE_NOW, ...world });
  }

  async archive(target = 'all', more: readonly string[] = [], world: World = {}): Promise<Answer> {
    const outcome = await this.firn(['archive', target, '--json', ...more], world);
    assert.notEqual(outcome.stdout, '', outcome.stderr);
    return { ...outcome, ...JSON.parse(outcome.stdout) };
  }

  /**
   * The same through the library, while others do something to the database whenever a segment was copied and
   * not yet drained.
   */
  async archiveWhile(
    meanwhile: (db: DatabaseSync, segment: string) => void,
    options: RunOptions = {},
  ): Promise<ArchiveReport> {
    const { folder: cwd, database, archives, config: file } = this;
    const flags = { dbPath: database, archivePath: archives, config: file };
    const config = loadConfig({ flags, env: {}, cwd, readFile: readTextFile });
    const clock = standingClock(HOSTILE_NOW);
    await using opened = await openWriting(config, clock, 'archive');
    const others = (segment: string): void => {
      using db = this.others();
      meanwhile(db, segment);
    };
    const copier = disturbedCopier(await opened.startCopier(), others);
    return await runArchive({ ...opened, copier }, config.policies, 'all', options);
  }

  archived(reader: 'zlib' | 'python' = 'zlib'): RowsByTable {
    return (reader === 'python' ? readWithPython(this.archives) : null) ?? readWithZlib(this.archives);
  }

  /** Asserts that hot and archives together are the remembered rows, cell for cell, as other programs read them. */
  assertWhole(reader: 'zlib' | 'python' = 'zlib'): void {
    const [hot, archived] = [this.#hot(), this.archived(reader)];
    for (const table of new Set([...this.#originals.keys(), ...archived.keys(), ...hot.keys()])) {
      const found = [...(hot.get(table) ?? []), ...(archived.get(table) ?? [])].sort();
      const expected = this.#originals.get(table) ?? [];
      // The first difference says more than thousands of equal rows.
      const at = Math.max(
        0,
        expected.findIndex((row, index) => row !== found[index]),
      );
      assert.deepEqual(
        [found.length, ...found.slice(at, at + 3)],
        [expected.length, ...expected.slice(at, at + 3)],
        table,
      );
    }
  }

  #hot(): RowsByTable {
    using db = new DatabaseSync(this.database, { timeout: 10_000 });
    const tables = db
      .prepare("SELECT name FROM temp.pragma_table_list WHERE schema = 'main' AND type = 'table'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !/^(_firn_|sqlite_)/.test(name));
    return new Map(tables.map((table) => [table, rowsOfTable(this.database, table)]));
  }
}
