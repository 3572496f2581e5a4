import { DatabaseSync } from 'node:sqlite';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import type { RowRun } from '../../../src/operate/jobs/row-run.ts';
import { datedReader } from '../../../src/stores/dated-reader.ts';
import { standingClock } from '../archive-trial.ts';
import { LookupWorld } from './lookup-world.ts';
import { sessionsCase } from './sessions.ts';
import { SMALL_NOW } from './small-database.ts';

/** The sessions of `sessionsCase`, archived: s1 to s8 with their messages, parts and notes. */
export class UnitsWorld extends LookupWorld {
  /** @param other keys of the policy of each table. */
  static async archived(other: Readonly<Record<string, Partial<Policy>>> = {}): Promise<UnitsWorld> {
    const { ddl, policies } = sessionsCase(other);
    const world = new UnitsWorld(policies, (path) => {
      using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
      db.exec(`PRAGMA journal_mode = wal; ${ddl}`);
    });
    await world.archiveAll();
    return world;
  }

  override async places(): Promise<Places> {
    const { hot, ...others } = await super.places();
    return { ...others, hot: { ...hot!, reader: datedReader(hot!.reader, this.policies) } };
  }

  /** Runs something that changes rows, as a command does. */
  async change<T>(action: (run: RowRun) => Promise<T>, now: number = SMALL_NOW): Promise<T> {
    await using store = datedReader(await openSqliteStore(this.database), this.policies);
    await using lookup = openSqliteLookup(this.database);
    const { archive, policies } = this;
    return await action({ store, lookup, archive, policies, clock: standingClock(now) });
  }

  /** Something that another program does, with foreign keys on. */
  write(action: (db: DatabaseSync) => void): void {
    using db = new DatabaseSync(this.database, { enableForeignKeyConstraints: true });
    action(db);
  }

  tagsOf(session: string, path: string = this.database): string[] {
    return tagsIn(path, session);
  }
}

/** The tags of a session's rows in a database, sorted. */
export function tagsIn(path: string, session: string): string[] {
  using db = new DatabaseSync(path, { readOnly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE name IN ('session', 'message', 'part', 'note')")
    .all();
  return tables
    .flatMap(({ name }) =>
      db
        .prepare(`SELECT tag FROM ${name} WHERE ${name === 'session' ? 'id' : 'session_id'} = ?`)
        .all(session),
    )
    .map(({ tag }) => String(tag))
    .sort();
}

/** All rows of a session of `sessionsCase`, as they were created: an oracle that shares no code with Firn. */
export function tagsCreated(session: string): string[] {
  using db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  db.exec(sessionsCase().ddl);
  const select = (sql: string) =>
    db
      .prepare(sql)
      .all(session)
      .map(({ tag }) => String(tag));
  return [
    ...select('SELECT tag FROM session WHERE id = ?'),
    ...['message', 'part', 'note'].flatMap((table) =>
      select(`SELECT tag FROM ${table} WHERE session_id = ?`),
    ),
  ].sort();
}
