import type { DatabaseSync } from 'node:sqlite';
import { canonicalRow, cellsOfTable } from '../independent/canonical.ts';
import { foundIn } from './book.ts';
import { DAY_MS, type FuzzTable, type Value } from './tables.ts';
import type { FuzzWorld } from './world.ts';

/** Groups of rows, which erasures, holds and restores name. */
export const GROUPS = ['g0', 'g1', 'g2', 'g3', 'g4'] as const;

/** What an application does to its own database. */
type Act = (world: FuzzWorld, db: DatabaseSync) => string | null;

/**
 * Runs one act, and returns whether it happened: the database may refuse it because somebody reads, or for its own
 * rules.
 */
export function act(world: FuzzWorld, name: ActName): boolean {
  return world.application((db) => {
    try {
      const done = ACTS[name](world, db);
      if (done !== null) world.say(`  the application: ${done}`);
      return done !== null;
    } catch (error) {
      const { errcode } = error as { errcode?: number };
      if (errcode === undefined || ![BUSY, LOCKED, CONSTRAINT].includes(errcode & 255)) throw error;
      if (db.isTransaction) db.exec('ROLLBACK');
      return false;
    }
  });
}

const [BUSY, LOCKED, CONSTRAINT] = [5, 6, 19];

export type ActName =
  | ('insert' | 'update' | 'delete' | 'reuse')
  | ('vacuum' | 'reindex' | 'index' | 'addColumn' | 'renameColumn' | 'renameTable' | 'trigger' | 'undo');

const ACTS: Readonly<Record<ActName, Act>> = {
  insert: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    const rows = world.random.integer(1, 4);
    const uids = Array.from({ length: rows }, () => insertRow(world, db, table, freshKey(world, table)));
    return `inserted ${uids.join(', ')} into ${table.name}`;
  },

  update: (world, db) => {
    const row = anyRow(world, db);
    if (row === null) return null;
    const { table, uid } = row;
    const { random } = world;
    const timeMs = random.next() < 0.3 ? drawTime(world) : world.book.entries.get(uid)!.timeMs;
    const ts = timeMs === null ? 'never' : table.form.write(timeMs);
    const sets = `ts = ?, ${bodyOf(db, table)} = ?`;
    const { changes } = db
      .prepare(`UPDATE ${table.name} SET ${sets} WHERE uid = ?`)
      .run(ts, `${body(world)} changed at ${world.trace.length}`, uid);
    if (Number(changes) !== 1) return null;
    world.book.updated(uid, contentOf(db, table, uid), timeMs);
    return `updated ${uid}`;
  },

  delete: (world, db) => {
    const row = anyRow(world, db);
    return row === null || !deleteRow(world, db, row) ? null : `deleted ${row.uid}`;
  },

  /** The key of a row that is deleted, or that has left hot, is used again. */
  reuse: (world, db) => {
    const row = anyRow(world, db);
    if (row !== null && row.table.key.columns.length > 0 && world.random.next() < 0.5) {
      const { key } = world.book.entries.get(row.uid)!;
      if (!deleteRow(world, db, row)) return null;
      return `deleted ${row.uid}, and gave its key to ${insertRow(world, db, row.table, key)}`;
    }
    const table = present(world, db);
    if (table === null || table.key.columns.length === 0) return null;
    const former = [...world.book.entries.values()].filter((entry) => entry.table === table.name);
    if (former.length === 0) return null;
    const { uid, key } = world.random.pick(former);
    return `gave the key of ${uid} to ${insertRow(world, db, table, key)}`;
  },

  vacuum: (_, db) => {
    db.exec('VACUUM');
    return 'VACUUM';
  },

  reindex: (_, db) => {
    db.exec('REINDEX; ANALYZE');
    return 'REINDEX, ANALYZE';
  },

  index: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    const name = `${table.name}_i${world.random.integer(1, 2)}`;
    const known = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
    const column = world.random.pick(['ts', 'grp', 'uid']);
    db.exec(known ? `DROP INDEX ${name}` : `CREATE INDEX ${name} ON ${table.name} (${column})`);
    return known ? `dropped index ${name}` : `made index ${name} on ${column}`;
  },

  addColumn: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    const name = `added_${world.random.integer(1, 3)}`;
    if (columnsOf(db, table.name).includes(name)) return null;
    leasedDiffer(world, table);
    db.exec(`ALTER TABLE ${table.name} ADD COLUMN ${name} ${world.random.pick(['', "TEXT DEFAULT 'none'"])}`);
    return `added column ${name} to ${table.name}`;
  },

  renameColumn: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    const from = bodyOf(db, table);
    const to = from === 'body' ? 'body_renamed' : 'body';
    db.exec(`ALTER TABLE ${table.name} RENAME COLUMN ${from} TO ${to}`);
    leasedDiffer(world, table);
    return `renamed ${table.name}.${from} to ${to}`;
  },

  renameTable: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    db.exec(`ALTER TABLE ${table.name} RENAME TO ${table.name}_renamed`);
    return `renamed ${table.name}`;
  },

  trigger: (world, db) => {
    const table = present(world, db);
    if (table === null) return null;
    const kind = world.random.pick(['log', 'refuse', 'ignore', 'insert'] as const);
    const name = `app_${kind}_${table.name}`;
    if (db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined) return null;
    db.exec(`CREATE TRIGGER ${name} ${TRIGGERS[kind].replace('TABLE', table.name)}`);
    return `made trigger ${name}`;
  },

  /** Takes back what stops a table from being archived: other names, and triggers. */
  undo: (world, db) => {
    const done: string[] = [];
    for (const { name } of world.tables) {
      if (columnsOf(db, name).length === 0) db.exec(`ALTER TABLE ${name}_renamed RENAME TO ${name}`);
      else continue;
      done.push(`renamed ${name} back`);
    }
    const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
    for (const { name } of triggers as { name: string }[]) {
      db.exec(`DROP TRIGGER ${name}`);
      done.push(`dropped trigger ${name}`);
    }
    return done.length === 0 ? null : done.join(', ');
  },
};

const TRIGGERS = {
  log: "AFTER DELETE ON TABLE BEGIN INSERT INTO app_log VALUES ('deleted'); END",
  refuse: "BEFORE DELETE ON TABLE WHEN old.uid % 5 = 0 BEGIN SELECT RAISE(ABORT, 'not this one'); END",
  ignore: 'BEFORE DELETE ON TABLE WHEN old.uid % 5 = 1 BEGIN SELECT RAISE(IGNORE); END',
  insert: "AFTER INSERT ON TABLE BEGIN INSERT INTO app_log VALUES ('inserted'); END",
} as const;

/** With another column, or one of another name, a leased row is another version of its archived line. */
function leasedDiffer({ book }: FuzzWorld, { name }: FuzzTable): void {
  for (const entry of book.entries.values())
    if (entry.table === name && entry.leasedUntil !== null) entry.copies = 'versions';
}

/** A table that has its own name just now. */
function present(world: FuzzWorld, db: DatabaseSync): FuzzTable | null {
  const table = world.random.pick(world.tables);
  return columnsOf(db, table.name).length === 0 ? null : table;
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  return db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
}

function bodyOf(db: DatabaseSync, { name }: FuzzTable): string {
  return columnsOf(db, name).find((column) => column.startsWith('body'))!;
}

interface HotRow {
  readonly table: FuzzTable;
  readonly uid: number;
}

function anyRow(world: FuzzWorld, db: DatabaseSync): HotRow | null {
  const table = present(world, db);
  if (table === null) return null;
  // One that was restored in several versions is no single row.
  const uids = db
    .prepare(`SELECT uid FROM ${table.name} GROUP BY uid HAVING count(*) = 1 ORDER BY uid`)
    .all();
  return uids.length === 0 ? null : { table, uid: Number(world.random.pick(uids).uid) };
}

function deleteRow(world: FuzzWorld, db: DatabaseSync, { table, uid }: HotRow): boolean {
  const { changes } = db.prepare(`DELETE FROM ${table.name} WHERE uid = ?`).run(uid);
  if (Number(changes) !== 1) return false;
  world.book.deleted(uid, !world.unsettled);
  return true;
}

function freshKey(world: FuzzWorld, table: FuzzTable): readonly Value[] {
  return table.key.make(world.random.integer(0, 400), world.random);
}

function insertRow(world: FuzzWorld, db: DatabaseSync, table: FuzzTable, key: readonly Value[]): number {
  const { random } = world;
  const uid = world.nextUid();
  const timeMs = drawTime(world);
  const grp = random.pick(GROUPS);
  const values: Record<string, Value> = {
    ...Object.fromEntries(table.key.columns.map((column, at) => [column, key[at]!])),
    ...{
      ts: timeMs === null ? random.pick(['soon', null]) : table.form.write(timeMs),
      uid: BigInt(uid),
      grp,
    },
    ...{ [bodyOf(db, table)]: body(world), val: drawValue(world) },
  };
  const names = Object.keys(values);
  const marks = names.map(() => '?').join(', ');
  const { lastInsertRowid } = db
    .prepare(`INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${marks})`)
    .run(...Object.values(values));
  const own = key[0] === null ? [BigInt(lastInsertRowid)] : key;
  world.book.inserted({ uid, table: table.name, grp, key: own, timeMs }, contentOf(db, table, uid));
  return uid;
}

function contentOf(db: DatabaseSync, { name }: FuzzTable, uid: number): string {
  for (const cells of cellsOfTable(db, name)) {
    if (cells.some(([column, cell]) => column === 'uid' && cell === `i${uid}`))
      return foundIn({ table: name, place: 'hot', cells }).content;
  }
  throw new Error(`${name} lost ${uid} as it was written: ${canonicalRow([])}`);
}

/** Mostly of some few days, so that a day has many parts. */
function drawTime({ random, nowMs }: FuzzWorld): number | null {
  if (random.next() < 0.03) return null;
  const day = Math.floor(nowMs / DAY_MS) - random.pick([0, 2, 8, 9, 9, 9, 10, 12, 20, 35]);
  return day * DAY_MS + random.integer(0, 86_399) * 1000;
}

function body({ random }: FuzzWorld): string {
  const length = random.pick([0, 3, 40, 100, 300, 300, 1500]);
  return `${'lorem ipsum "dolor"\n'.repeat(1 + length / 19).slice(0, length)}${random.integer(0, 1e9)}`;
}

function drawValue({ random }: FuzzWorld): Value {
  return random.pick<Value>([
    null,
    'text',
    2n ** 53n + 1n,
    -0.5,
    1e300,
    new Uint8Array([0, 255, 10]),
    '',
    '{"$blob":"AA=="}',
  ]);
}
