import type { Connection } from '../connection/connection.ts';
import { LEASED } from './due-keys.ts';
import type { Member } from './member.ts';

/**
 * What a plan says of units with restored rows whose leases are over, as the run will judge them (`endUnits`): a unit of which every row ends is
 * deleted, so none of its rows leaves or stays. With a row that is leased for longer, all wait. Otherwise they are ordinary rows.
 */
export function decideEndingUnits({ db }: Connection, members: readonly Member[]): void {
  const some = members.some(({ keys }) =>
    db.prepare(`SELECT 1 FROM ${keys.name} WHERE _firn_ending LIMIT 1`).get(),
  );
  if (!some) return;
  for (const family of new Set(members.map((member) => member.family))) {
    const own = members.filter((member) => member.family === family).map(({ keys }) => keys.name);
    const unitsOf = (condition: string): string =>
      own
        .map((name) => `SELECT _firn_unit FROM ${name} WHERE _firn_unit IS NOT NULL AND ${condition}`)
        .join(' UNION ');
    const table = 'temp._firn_staying_units';
    db.exec(`CREATE TABLE ${table} (_firn_unit INTEGER PRIMARY KEY)`);
    db.exec(`INSERT INTO ${table} ${unitsOf('NOT _firn_ending')}`);
    for (const name of own)
      db.exec(
        `DELETE FROM ${name} WHERE _firn_ending AND (_firn_unit IS NULL OR _firn_unit NOT IN (SELECT _firn_unit FROM ${table}))`,
      );
    db.exec(`DROP TABLE ${table}`);
    const waiting = unitsOf(`_firn_day = ${LEASED}`);
    for (const name of own)
      db.exec(`UPDATE ${name} SET _firn_day = ${LEASED} WHERE _firn_ending AND _firn_unit IN (${waiting})`);
  }
}
