import { newestFooter } from '../../archive/newest-footer.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import { sameWord } from '../../model/names.ts';
import { belongingOf } from '../../model/policy/dated-shape.ts';
import type { Policy } from '../../model/policy/policy.ts';
import type { Reference } from '../../model/shape.ts';
import { refsOfFiles, refsOfReceipts } from '../places/catalog.ts';
import type { Places } from '../places/places.ts';

/**
 * The ties by which rows belong to rows of other tables (`with` and `by` of the policies), parents before their children. What the database does
 * not tell, the archive file of the child that was archived last does; where neither does, there is no tie.
 */
export async function relationsOf(places: Places): Promise<readonly Reference[]> {
  const policies = [...places.policies.policies.values()];
  const find = (name: string) => policies.find(({ table }) => sameWord(table, name));
  const depth = ({ with: belonging }: Policy): number => {
    const parent = belonging === undefined ? undefined : find(belonging.parent);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  const children = policies.filter((policy) => policy.with !== undefined);
  children.sort((a, b) => depth(a) - depth(b));
  const relations: Reference[] = [];
  for (const { table } of children) {
    const relation = (await inDatabase(places, table)) ?? (await inArchive(places, table));
    if (relation !== null) relations.push(relation);
  }
  return relations;
}

/** Tables that any of these ties names come parents first; the others stay where they are. A circle is left in the order given. */
export function parentsFirst(
  tables: readonly string[],
  ties: readonly Reference[],
  { foldName, sameName }: Dialect,
): readonly string[] {
  const placed = new Map<string, string>();
  const waiting = new Set<string>();
  const place = (table: string): void => {
    const name = foldName(table);
    if (placed.has(name) || waiting.has(name)) return;
    waiting.add(name);
    for (const tie of ties) {
      if (!sameName(tie.table, table)) continue;
      const parent = tables.find((other) => sameName(other, tie.parent));
      if (parent !== undefined) place(parent);
    }
    placed.set(name, table);
  };
  for (const table of tables) place(table);
  return [...placed.values()];
}

async function inDatabase({ hot }: Places, table: string): Promise<Reference | null> {
  try {
    const shape = (await hot?.reader.shape(table)) ?? null;
    return shape === null ? null : belongingOf(shape);
  } catch (error) {
    if (!isUnreadableTable(error)) throw error;
    return null;
  }
}

async function inArchive({ hot, archive, dialect }: Places, table: string): Promise<Reference | null> {
  const receipts = (await hot?.reader.ledger.receipts({ table })) ?? null;
  const refs =
    receipts === null
      ? (await refsOfFiles(archive)).refs.filter((ref) => dialect.sameName(ref.table, table))
      : refsOfReceipts({ receipts, leased: new Set(), kept: new Map() });
  const timeOf = (await newestFooter(archive, refs))?.timeOf;
  return timeOf === undefined
    ? null
    : { table, columns: timeOf.by, parent: timeOf.table, parentColumns: timeOf.key };
}
