import { sqlite } from '../../../model/database/dialect.ts';
import type { BoundSurvey, BoundTables } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { introspect } from '../sql/introspect.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type BoundKeys, createBoundKeys, indexBoundKeys } from './bound-keys.ts';
import { surveyChildren } from './child-survey.ts';
import { decideUnits } from './decide-units.ts';
import { countDue, hintOf, surveyTable } from './due-survey.ts';
import { decideEndingUnits } from './ending-units.ts';
import type { Member, Tie } from './member.ts';

/**
 * Finds the rows of bound tables that leave: units as a whole, and where references are kept, no row that a remaining one refers to.
 * @param tableOf the table of a shape, as it is now.
 * @param remember what to do with the keys of each table.
 */
export async function surveyBound(
  connection: Connection,
  { tables, references }: BoundTables,
  tableOf: (shape: BoundTables['tables'][number]['shape']) => Table,
  serial: () => number,
  remember: (table: string, keys: BoundKeys) => void,
): Promise<BoundSurvey[]> {
  const members: Member[] = [];
  const roots = [...new Set(tables.map(({ root }) => sqlite.foldName(root)))];
  for (const { shape, rule, root } of tables) {
    const table = tableOf(shape);
    const parent = members.find((member) =>
      sqlite.sameName(member.table.shape.table, shape.timeOf?.table ?? ''),
    );
    const own = tables.filter((other) => sqlite.sameName(other.root, root)).map((other) => other.shape.table);
    const newestFirst = references.some(
      (reference) =>
        own.some((name) => sqlite.sameName(name, reference.table)) &&
        own.some((name) => sqlite.sameName(name, reference.parent)),
    );
    const keys = createBoundKeys(connection, table, serial(), parent ?? null, newestFirst);
    remember(shape.table, keys);
    if (parent === undefined) await surveyTable(connection, table, rule, keys);
    else await surveyChildren(connection, table, rule, keys, parent);
    members.push({
      ...{ table, keys, family: roots.indexOf(sqlite.foldName(root)), newestFirst },
      hint: parent === undefined ? hintOf(connection, table, rule, keys) : null,
    });
  }
  decideEndingUnits(connection, members);
  const memberOf = (name: string) =>
    members.find(({ table }) => sqlite.sameName(table.shape.table, name)) ?? null;
  const ties = references.flatMap((reference): Tie[] => {
    const to = memberOf(reference.parent);
    const member = memberOf(reference.table);
    const table = member?.table ?? introspect(connection, reference.table);
    return to === null || table === null ? [] : [{ reference, from: { table, member }, to }];
  });
  const settled = await decideUnits(connection, members, ties);
  return members.map((member, at) => {
    indexBoundKeys(connection, member.keys);
    const order = member.newestFirst ? 'newest' : 'oldest';
    return { ...countDue(connection, member.keys, member.hint), bound: { ...settled[at]!, order } };
  });
}
