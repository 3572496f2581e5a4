import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { firn, type Outcome, type World } from '../world.ts';

/** After every file of a test was written, so that its times count as old: 2040-01-01T00:00:00Z. */
export const LATER: number = Date.UTC(2040, 0, 1);

const DAY = 24 * 60 * 60_000;

/** A folder with a configuration of several databases, gone when the test ends. */
export interface Many {
  readonly folder: string;
  readonly archives: string;
  /** Absolute. */
  path(name: string): string;
  /** Makes a database; its rows are so many days older than `LATER`. */
  add(name: string, ageDays?: readonly number[]): string;
  ids(name: string): readonly string[];
  firn(words: readonly string[], world?: World): Promise<Outcome>;
  /** The JSON of a job. */
  job(words?: readonly string[], world?: World): Promise<ManyReport>;
}

export interface ManyReport {
  readonly exit: number;
  readonly stderr: string;
  readonly exit_status: number;
  readonly total_archived: number;
  readonly summary: Readonly<Record<'databases' | 'done' | 'idle' | 'failed' | 'not_reached', number>>;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly databases: readonly {
    readonly database: string;
    readonly identity: string | null;
    readonly archives: string | null;
    readonly state: string;
    readonly exit_status: number;
    readonly error: { readonly code: string; readonly message: string } | null;
    readonly result: Readonly<Record<string, unknown>> | null;
  }[];
}

export function createMany(t: TestContext, entries: readonly string[], more = ''): Many {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'firn-many-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const policy = '{ hot: 7d, warm: 30d, cold: 365d, time_column: at }';
  const list = entries.map((entry) => `  - ${JSON.stringify(entry)}\n`).join('');
  writeFileSync(
    join(folder, 'firn.config.yaml'),
    `preset: none\ndatabases:\n${list}archives: archives\ntables:\n  events: ${policy}\n${more}`,
  );
  const path = (name: string): string => join(folder, name);
  const run = (words: readonly string[], world: World = {}): Promise<Outcome> =>
    firn(words, { cwd: folder, now: LATER, ...world });
  return {
    ...{ folder, archives: join(folder, 'archives'), path, firn: run },
    add(name, ageDays = [1, 2]) {
      mkdirSync(dirname(path(name)), { recursive: true });
      const db = new DatabaseSync(path(name));
      db.exec('CREATE TABLE events (id TEXT PRIMARY KEY, at TEXT); CREATE INDEX events_at ON events(at)');
      const insert = db.prepare('INSERT INTO events VALUES (?, ?)');
      for (const days of ageDays) insert.run(`d${days}`, new Date(LATER - days * DAY).toISOString());
      db.close();
      return path(name);
    },
    ids(name) {
      using db = new DatabaseSync(path(name), { readOnly: true });
      return db
        .prepare('SELECT id FROM events ORDER BY id')
        .all()
        .map(({ id }) => id as string);
    },
    async job(words = [], world = {}) {
      const { status, stdout, stderr } = await run(['job', ...words], world);
      return { ...(JSON.parse(stdout) as Omit<ManyReport, 'exit' | 'stderr'>), exit: status, stderr };
    },
  };
}
