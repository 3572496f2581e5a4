import { setImmediate } from 'node:timers/promises';
import type { BoundFindings } from '../../../model/policy/archive-plan.ts';
import type { Connection } from '../connection/connection.ts';
import { leaves, sameKey } from './bound-keys.ts';
import { wholeTable } from './child-survey.ts';
import { keySql, ORPHAN, REFERENCED, UNDATED, WITH_UNIT } from './due-keys.ts';
import type { Member, Tie } from './member.ts';
import { referring, referringKey, targetKeys } from './referring.ts';

/**
 * Takes back what may not leave, until nothing more is found: a unit one row of which stays, and a row that a remaining one refers to. A row that is drained after the row that it refers to counts as remaining.
 */
export async function decideUnits(
  connection: Connection,
  members: readonly Member[],
  ties: readonly Tie[],
): Promise<Omit<BoundFindings, 'order'>[]> {
  const { db } = connection;
  const examples = new Map<Member, BoundFindings['example']>();
  for (const member of members) prepare(connection, member, members);

  const withCode = (member: Member) => `FROM ${member.keys.name} WHERE _firn_day <= ${UNDATED}`;
  splitUnits(connection, members, withCode);
  // What refers to what is read from the tables now, whatever keeps a row.
  for (const member of members) db.exec(`DELETE FROM ${fresh(member)}`);
  for (const tie of ties) await referredByRemaining(connection, tie, examples);
  while (takeBack(connection, members)) {
    splitUnits(
      connection,
      members,
      (member) => `FROM ${member.keys.name} WHERE (${keysOf(member)}) IN (SELECT * FROM ${fresh(member)})`,
    );
    for (const tie of ties) referredByFresh(connection, tie, examples);
    await setImmediate();
  }

  return members.map((member) => {
    for (const name of [fresh(member), next(member)]) db.exec(`DROP TABLE ${name}`);
    const count = db.prepare(`SELECT count(*) AS n FROM ${member.keys.name} WHERE _firn_day = ?`);
    const of = (day: number): number => (count.get(day) as { n: number }).n;
    return {
      ...{ referenced: of(REFERENCED), withUnit: of(WITH_UNIT), orphans: of(ORPHAN) },
      example: examples.get(member) ?? null,
    };
  });
}

/** Keys of rows that were found to stay and whose own references are to be followed; of those that were found meanwhile. */
const fresh = ({ keys }: Member): string => `${keys.name}_fresh`;
const next = ({ keys }: Member): string => `${keys.name}_next`;
const keysOf = ({ keys }: Member): string => keys.columns.join(', ');

function prepare({ db }: Connection, member: Member, members: readonly Member[]): void {
  for (const name of [fresh(member), next(member)])
    db.exec(`CREATE TABLE ${name} (${keysOf(member)}, PRIMARY KEY (${keysOf(member)})) WITHOUT ROWID`);
  if (members.filter(({ family }) => family === member.family).length === 1) return;
  const name = member.keys.name.replace('temp.', '');
  db.exec(`CREATE INDEX temp.${name}_unit ON ${name} (_firn_unit)`);
}

/** Takes back the rest of each unit of which a row stays; those rows are fresh. */
function splitUnits(
  { db }: Connection,
  members: readonly Member[],
  staying: (member: Member) => string,
): void {
  for (const family of new Set(members.map((member) => member.family))) {
    const own = members.filter((member) => member.family === family);
    if (own.length === 1) continue;
    const split = `${own[0]!.keys.name}_split`;
    db.exec(`CREATE TABLE ${split} (_firn_unit INTEGER PRIMARY KEY)`);
    for (const member of own)
      db.exec(
        `INSERT OR IGNORE INTO ${split} SELECT _firn_unit ${staying(member)} AND _firn_unit IS NOT NULL`,
      );
    for (const member of own) {
      const { name } = member.keys;
      const rest = `${leaves(name.replace('temp.', ''))} AND _firn_unit IN (SELECT _firn_unit FROM ${split})`;
      db.exec(`INSERT OR IGNORE INTO ${fresh(member)} SELECT ${keysOf(member)} FROM ${name} WHERE ${rest}`);
      db.exec(`UPDATE ${name} SET _firn_day = ${WITH_UNIT} WHERE ${rest}`);
    }
    db.exec(`DROP TABLE ${split}`);
  }
}

/** Notes the leaving rows that a row refers to which leaves neither before them nor with them. */
async function referredByRemaining(
  connection: Connection,
  tie: Tie,
  examples: Map<Member, BoundFindings['example']>,
): Promise<void> {
  const { name } = tie.to.keys;
  const any = `SELECT 1 FROM ${name} WHERE ${leaves(name.replace('temp.', ''))} LIMIT 1`;
  if (connection.db.prepare(any).get() === undefined) return;
  for (const { source, params } of wholeTable(connection, tie.from.table)) {
    const { changes } = connection.db
      .prepare(
        `INSERT OR IGNORE INTO ${next(tie.to)} SELECT ${targetKeys(tie)} ${referring(tie, source)} AND NOT ${leavesFirst(tie)}`,
      )
      .run(...params);
    if (changes !== 0) noteExample(connection, tie, examples);
    await setImmediate();
  }
}

/** The same for rows that were just found to stay. */
function referredByFresh(
  connection: Connection,
  tie: Tie,
  examples: Map<Member, BoundFindings['example']>,
): void {
  const { member, table } = tie.from;
  if (member === null) return;
  const same = sameKey(
    keySql(table),
    member.keys.columns.map((name) => `_firn_stay.${name}`),
  );
  const source = `${fresh(member)} AS _firn_stay CROSS JOIN ${table.from} ON ${same}`;
  const { changes } = connection.db
    .prepare(`INSERT OR IGNORE INTO ${next(tie.to)} SELECT ${targetKeys(tie)} ${referring(tie, source)}`)
    .run();
  if (changes !== 0) noteExample(connection, tie, examples);
}

function noteExample(
  { db }: Connection,
  { reference, to }: Tie,
  examples: Map<Member, BoundFindings['example']>,
): void {
  if (examples.has(to)) return;
  const { table, keys } = to;
  const named = table.shape.primaryKey.length > 0 ? table.shape.primaryKey.map(table.column) : keySql(table);
  const same = sameKey(
    keySql(table),
    keys.columns.map((name) => `_firn_next.${name}`),
  );
  const found = db
    .prepare(
      `SELECT concat_ws(', ', ${named.map((sql) => `CASE typeof(${sql}) WHEN 'blob' THEN quote(${sql}) ELSE ${sql} END`).join(', ')}) AS key
      FROM ${next(to)} AS _firn_next CROSS JOIN ${table.from} ON ${same} LIMIT 1`,
    )
    .get() as { key: string } | undefined;
  if (found === undefined) return;
  examples.set(to, { row: found.key, table: reference.table, columns: reference.columns });
}

/** Whether the referring row leaves before the row that it refers to, or with it, as SQL. */
function leavesFirst({ from: { member }, to }: Tie): string {
  if (member === null || member.family > to.family) return '0';
  const own = sameKey(
    member.keys.columns.map((name) => `_firn_first.${name}`),
    member.keys.columns.map((_, at) => referringKey(at)),
  );
  const sooner = member.newestFirst ? '>' : '<';
  const order =
    member.family < to.family
      ? ''
      : ` AND (_firn_first._firn_day ${sooner} _firn_to._firn_day
          OR (_firn_first._firn_day = _firn_to._firn_day AND _firn_first._firn_unit <= _firn_to._firn_unit))`;
  return `EXISTS (SELECT 1 FROM ${member.keys.name} AS _firn_first WHERE ${own} AND ${leaves('_firn_first')}${order})`;
}

/** Makes what was noted fresh, and takes it back. False when there was nothing. */
function takeBack({ db }: Connection, members: readonly Member[]): boolean {
  let found = false;
  for (const member of members) {
    const { name } = member.keys;
    db.exec(`DELETE FROM ${fresh(member)}`);
    const { changes } = db.prepare(`INSERT INTO ${fresh(member)} SELECT * FROM ${next(member)}`).run();
    if (changes === 0) continue;
    found = true;
    db.exec(
      `UPDATE ${name} SET _firn_day = ${REFERENCED} WHERE (${keysOf(member)}) IN (SELECT * FROM ${next(member)})`,
    );
    db.exec(`DELETE FROM ${next(member)}`);
  }
  return found;
}
