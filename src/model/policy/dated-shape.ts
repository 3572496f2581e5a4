import { FirnError } from '../errors.ts';
import { sameWord } from '../names.ts';
import { type Reference, type TableShape, TIME, type TimeOf, withGenerated } from '../shape.ts';
import { getPolicy } from './policies.ts';
import type { Policy, PolicySet } from './policy.ts';

/** What is asked of a database; `HotReader` is one. */
interface Schema {
  shape(table: string): Promise<TableShape | null>;
  references(of: string): Promise<readonly Reference[]>;
}

/**
 * The shape of a table as its policy needs it: of a child it says where its rows have their time from, and generated columns that the policy
 * needs are among its columns. Null when there is no such table.
 * @throws FirnError `config` when the tables do not fit what the policy says.
 */
export async function datedShape(
  schema: Schema,
  policies: PolicySet,
  table: string,
): Promise<TableShape | null> {
  const shape = await schema.shape(table);
  const policy = getPolicy(policies, table);
  if (shape === null || policy === null || shape.timeOf !== undefined) return shape;
  if (policy.with === undefined) return withGenerated(shape, [policy.timeColumn]);
  const timeOf = await timeOfChild(schema, policies, policy, shape);
  return { ...withGenerated(shape, timeOf.by), timeOf };
}

async function timeOfChild(
  schema: Schema,
  policies: PolicySet,
  policy: Policy,
  shape: TableShape,
): Promise<TimeOf> {
  const refuse = (why: string): never => {
    throw new FirnError('config', why, { operation: 'find the parent rows', path: shape.table });
  };
  const { parent, by } = policy.with!;
  const above = getPolicy(policies, parent)!;
  const found = await schema.shape(parent);
  if (found === null) return refuse(`the database does not have ${parent}, to whose rows its rows belong`);
  const own = (name: string, { columns, generated = [] }: TableShape): string | undefined =>
    [...columns, ...generated].find((column) => sameWord(column.name, name))?.name;
  if (own(TIME, shape) !== undefined)
    refuse(`it has a column ${TIME}, a name that Firn uses in archive files of child tables`);
  const columns = by.map(
    (name) => own(name, shape) ?? refuse(`it has no column ${name}, which \`by\` names`),
  );
  const key = keyOf(columns, found, await schema.references(shape.table));
  if (key.length !== columns.length) {
    refuse(
      `\`by\` names ${columns.length} columns, but the key of ${parent} has ${key.length}: ${key.join(', ')}`,
    );
  }
  const timeOf = above.with === undefined ? undefined : await timeOfChild(schema, policies, above, found);
  if (timeOf === undefined && own(above.timeColumn, found) === undefined)
    refuse(`its parent ${parent} has no column ${above.timeColumn}, which its policy uses as time column`);
  return {
    ...{ table: found.table, by: columns, key, timeColumn: above.timeColumn },
    ...(above.timeFormat === undefined ? {} : { timeFormat: above.timeFormat }),
    ...(timeOf === undefined ? {} : { timeOf }),
  };
}

/** The columns of the parent that the columns of the child name: as the child declares it, else the primary key. */
function keyOf(
  by: readonly string[],
  parent: TableShape,
  references: readonly Reference[],
): readonly string[] {
  const declared = references.find(
    (reference) =>
      sameWord(reference.parent, parent.table) &&
      reference.columns.length === by.length &&
      by.every((name) => reference.columns.some((column) => sameWord(column, name))),
  );
  if (declared === undefined) return parent.primaryKey;
  return by.map(
    (name) => declared.parentColumns[declared.columns.findIndex((column) => sameWord(column, name))]!,
  );
}

/** Whether two foreign keys, declared or from a policy, are by the same columns to the same table. */
export function isSameReference(a: Reference, b: Reference): boolean {
  return (
    sameWord(a.table, b.table) &&
    sameWord(a.parent, b.parent) &&
    a.columns.length === b.columns.length &&
    a.columns.every((column) => b.columns.some((other) => sameWord(column, other)))
  );
}

/** The tie by which rows of a child belong to rows of its parent; null of other tables. */
export function belongingOf({ table, timeOf }: TableShape): Reference | null {
  if (timeOf === undefined) return null;
  return { table, columns: timeOf.by, parent: timeOf.table, parentColumns: timeOf.key };
}
