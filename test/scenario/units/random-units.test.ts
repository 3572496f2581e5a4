import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { Random } from '../../support/faults/random.ts';
import { BoundWorld } from '../../support/worlds/bound-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const thorough = process.env.FIRN_THOROUGH === '1';
const ROUNDS = thorough ? 150 : 12;
const DUE = '2026-01-';

setSizes({ unitRows: 4, groupRows: 14, firstDeletedRows: 5, fewestDeletedRows: 5, mostDeletedRows: 9 });

/** A table, the one that its rows belong to, and those that they may refer to. */
interface Made {
  readonly name: string;
  readonly parent: Made | null;
  readonly family: number;
  readonly refersTo: readonly Made[];
  /** SQL over its rows: those that are unfinished, and those that a rule keeps; null when there are none. */
  readonly open: string | null;
  readonly ruled: string | null;
  /** Of a root: how many of its newest rows stay. */
  readonly keepLast: number;
}

/** Rows refer to rows of their own family that belong to an older root, and to rows of earlier families: what is due can leave in one run. */
function randomTables(random: Random): Made[] {
  const tables: Made[] = [];
  const count = random.integer(2, 5);
  for (let at = 0; at < count; at++) {
    const parent = at > 0 && random.integer(0, 2) > 0 ? random.pick(tables) : null;
    const family = parent?.family ?? at;
    const some = (sql: string): string | null => (random.integer(0, 3) === 0 ? sql : null);
    const made: Made = {
      ...{ name: `t${at}`, parent, family, refersTo: [] },
      ...{ open: some(`id % 11 = ${at}`), ruled: some(`root % 7 = ${at + 1}`) },
      keepLast: parent === null && random.integer(0, 3) === 0 ? random.integer(1, 4) : 0,
    };
    const targets = [...tables, made].filter((other) => other.family <= family && random.integer(0, 2) === 0);
    tables.push({ ...made, refersTo: targets.map((other) => (other === made ? made : other)) });
  }
  return tables;
}

/**
 * With a book of its rows: `gone` is 1 of each version of a row that the application deleted, which may be in the archive, and 2 of a version that
 * it changed, which may be nowhere.
 */
function ddlOf({ name, parent, refersTo }: Made): string {
  const by = parent === null ? '' : `, up INTEGER NOT NULL REFERENCES ${parent.name}(id)`;
  const references = refersTo.map((to, at) => `, r${at} INTEGER REFERENCES ${to.name}(id)`).join('');
  return `CREATE TABLE ${name} (id INTEGER PRIMARY KEY AUTOINCREMENT, root INTEGER, ts TEXT, tag TEXT${by}${references});
    CREATE TABLE seen_${name} (tag TEXT PRIMARY KEY, gone INTEGER NOT NULL DEFAULT 0, id INTEGER);
    CREATE TRIGGER book_${name} AFTER INSERT ON ${name} BEGIN INSERT INTO seen_${name} VALUES (new.tag, 0, new.id); END;
    CREATE TRIGGER rebook_${name} AFTER UPDATE OF tag ON ${name} BEGIN
      UPDATE seen_${name} SET gone = 2 WHERE tag = old.tag; INSERT INTO seen_${name} VALUES (new.tag, 0, new.id); END;`;
}

let tags = 0;

/** Inserts a row that belongs and refers to rows that are there; false when it cannot. */
function insertRow(
  db: DatabaseSync,
  random: Random,
  { name, parent, refersTo, family }: Made,
  tables: readonly Made[],
): boolean {
  const pick = (sql: string, ...params: (string | number)[]) => {
    const rows = db.prepare(sql).all(...params) as { id: number; root: number }[];
    return rows.length === 0 ? null : random.pick(rows);
  };
  const up = parent === null ? null : pick(`SELECT id, root FROM ${parent.name}`);
  if (parent !== null && up === null) return false;
  const next = (
    db
      .prepare(
        'SELECT coalesce(max(root), 0) + 1 AS n FROM (SELECT max(seq) AS root FROM sqlite_sequence WHERE name = ?)',
      )
      .get(name) as { n: number }
  ).n;
  const root = up?.root ?? next;
  const references = refersTo.map((to) => {
    if (random.integer(0, 3) > 0) return null;
    const own = tables.find((table) => table.name === to.name)!.family === family;
    return (
      pick(`SELECT id, root FROM ${to.name} ${own ? 'WHERE root < ?' : ''}`, ...(own ? [root] : []))?.id ??
      null
    );
  });
  // Roots are as old as their ids say, and one in four is young.
  const day = String(Math.min(28, 5 + Math.floor(root / 2))).padStart(2, '0');
  const ts = root % 4 === 0 ? '2026-02-09T00:00:00Z' : `${DUE}${day}T00:00:00Z`;
  const columns = [
    'root',
    'ts',
    'tag',
    ...(parent === null ? [] : ['up']),
    ...refersTo.map((_, at) => `r${at}`),
  ];
  const values = [root, ts, `${name} ${++tags}`, ...(up === null ? [] : [up.id]), ...references];
  db.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${values.map(() => '?').join(', ')})`).run(
    ...values,
  );
  return true;
}

/** What the application does beside a run, with its foreign keys on. */
function disturb(db: DatabaseSync, random: Random, tables: readonly Made[]): void {
  db.exec('PRAGMA foreign_keys = ON');
  for (let times = random.integer(0, 3); times > 0; times--) {
    const table = random.pick(tables);
    const act = random.integer(0, 2);
    if (act === 0) insertRow(db, random, table, tables);
    const row = db
      .prepare(`SELECT id, tag FROM ${table.name} ORDER BY id LIMIT 1 OFFSET ?`)
      .get(random.integer(0, 9));
    if (row === undefined || act === 0) continue;
    if (act === 1)
      db.prepare(`UPDATE ${table.name} SET tag = ? WHERE id = ?`).run(`${table.name} ${++tags}`, row.id!);
    else {
      try {
        db.prepare(`DELETE FROM ${table.name} WHERE id = ?`).run(row.id!);
        db.prepare(`UPDATE seen_${table.name} SET gone = 1 WHERE id = ?`).run(row.id!);
      } catch {
        // A row refers to it.
      }
    }
  }
}

interface FoundRow {
  readonly tag: string;
  readonly key: string;
  readonly unit: string;
  readonly isDue: boolean;
  readonly refers: readonly string[];
}

/** The rows in the database. Of a root with `keepLast` the newest are not due. */
function rowsIn(db: DatabaseSync, { name, family, refersTo, open, ruled, keepLast }: Made): FoundRow[] {
  const rows = db
    .prepare(
      `SELECT *, (${open ?? 'FALSE'}) OR (${ruled ?? 'FALSE'}) OR id IN (SELECT id FROM ${name} ORDER BY ts DESC, id DESC LIMIT ${keepLast}) AS stays FROM ${name}`,
    )
    .all() as Record<string, number | string | null>[];
  return rows.map((row) => ({
    ...{ tag: String(row.tag), key: `${name} ${row.id}`, unit: `${family} ${row.root}` },
    isDue: Number(row.root) % 4 !== 0 && row.stays === 0,
    refers: refersTo.flatMap((to, at) => (row[`r${at}`] === null ? [] : [`${to.name} ${row[`r${at}`]}`])),
  }));
}

/** The tags of the rows that may leave: all due ones but those that a remaining row refers to, and the rest of units of which a row stays. */
function mayLeave(db: DatabaseSync, tables: readonly Made[]): Set<string> {
  const rows = tables.flatMap((table) => rowsIn(db, table));
  const leaving = new Set(rows.filter(({ isDue }) => isDue));
  for (let before = -1; before !== leaving.size; ) {
    before = leaving.size;
    const staying = rows.filter((row) => !leaving.has(row));
    const referred = new Set(staying.flatMap(({ refers }) => refers));
    const split = new Set(
      [...staying, ...rows.filter(({ key }) => referred.has(key))].map(({ unit }) => unit),
    );
    for (const row of leaving) if (split.has(row.unit)) leaving.delete(row);
  }
  return new Set([...leaving].map(({ tag }) => tag));
}

/** The tags of archived rows whose unit has rows in the database, but for those that the application deleted. */
function splitOff(db: DatabaseSync, tables: readonly Made[], world: BoundWorld): string[] {
  const inHot = new Set(tables.flatMap((table) => rowsIn(db, table).map(({ unit }) => unit)));
  const archived = world.archived();
  return tables.flatMap(({ name, family }) => {
    const gone = db.prepare(`SELECT tag FROM seen_${name} WHERE gone > 0`).all();
    const deleted = new Set(gone.map(({ tag }) => tag));
    return (archived.get(name) ?? [])
      .filter(({ root, tag }) => inHot.has(`${family} ${root}`) && !deleted.has(tag as string))
      .map(({ tag }) => String(tag));
  });
}

test('random tables that belong and refer to each other: no unit is split, no reference dangles, and what can leave does', async (t) => {
  let archived = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const random = new Random(round);
    const tables = randomTables(random);
    const policies = buildPolicySet(
      tables.map(({ name, parent, open, ruled, keepLast }) =>
        policyOf(name, {
          ...{ references: 'keep', lookupKeys: [], openWhile: open },
          ...(ruled === null ? {} : { hotRules: [{ where: ruled, hotMs: 1000 * 86_400_000 }] }),
          ...(keepLast === 0 ? {} : { keepLast }),
          ...(parent === null ? {} : { with: { parent: parent.name, by: ['up'] } }),
        }),
      ),
    );
    await using world = new BoundWorld({
      ddl: tables.map(ddlOf).join('\n'),
      policies,
      units: [],
      meanwhile: (db) => disturb(db, random, tables),
    });
    world.write((db) => {
      for (let rows = random.integer(10, 60); rows > 0; rows--)
        insertRow(db, random, random.pick(tables), tables);
    });
    const check = (): void => {
      assert.equal(world.dangling(), 0, `round ${round}: no reference dangles`);
      world.assertOnce();
      world.write((db) =>
        assert.deepEqual(splitOff(db, tables, world), [], `round ${round}: no unit is split`),
      );
    };
    for (const last of [false, false, true]) {
      // What a disturbed run left goes with the next one.
      if (last) world.settle();
      const { total, tables: reports } = await world.archive();
      const failed = reports.filter(({ status }) => status === 'error' || status === 'partial');
      assert.deepEqual(failed, [], `round ${round}`);
      archived += total;
      check();
    }
    world.write((db) =>
      assert.deepEqual([...mayLeave(db, tables)], [], `round ${round}: nothing that can leave is left`),
    );
  }
  t.diagnostic(`${ROUNDS} random schemas, ${archived} rows archived`);
  assert.ok(archived > ROUNDS * 10);
});
