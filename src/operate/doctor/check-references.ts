import type { HotCheckup, ReferenceCount } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import { belongingOf, isSameReference } from '../../model/policy/dated-shape.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { Reference } from '../../model/shape.ts';
import { formatCount, plural } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** A foreign key whose parent is a managed table, or what makes a table a child of one. */
export interface ManagedReference {
  readonly reference: Reference;
  /** Null where the columns of the key do not exist; a text: why the rows could not be counted. */
  readonly count: ReferenceCount | string | null;
  /** About how many rows the referring table has. */
  readonly rows: number;
  readonly hasIndex: boolean;
  /** `unit`: the rows leave together. `keep`: a row to which one refers stays. `ignore`: it leaves. */
  readonly kind: 'unit' | 'keep' | 'ignore';
  /** What the key does to rows that refer to a deleted one; null where nothing is declared. */
  readonly onDelete: string | null;
}

/** So many rows of a referring table are looked at, which takes about two seconds. */
export const EXAMINED_ROWS = 1_000_000;

export async function lookAtReferences(
  policies: PolicySet,
  reader: Pick<HotReader, 'shape'>,
  checkup: HotCheckup,
): Promise<readonly ManagedReference[]> {
  const references: ManagedReference[] = [];
  const look = async (
    reference: Reference,
    { exists, ...other }: Pick<ManagedReference, 'kind' | 'onDelete'> & { readonly exists: boolean },
  ): Promise<void> => {
    const shape = await reader.shape(reference.table).catch(() => null);
    if (shape === null) return;
    const { rows } = await checkup.size(shape);
    const hasIndex = await checkup.hasIndex(shape, reference.columns);
    const count = exists ? await countOf(checkup, reference) : null;
    references.push({ reference, count, rows, hasIndex, ...other });
  };
  const belongings: Reference[] = [];
  for (const { table } of policies.policies.values()) {
    const shape = await reader.shape(table).catch(() => null);
    const belonging = shape === null ? null : belongingOf(shape);
    if (belonging !== null) belongings.push(belonging);
  }
  for (const belonging of belongings) await look(belonging, { kind: 'unit', onDelete: null, exists: true });
  for (const key of await checkup.foreignKeys()) {
    const parent = getPolicy(policies, key.parent);
    if (parent === null || belongings.some((own) => isSameReference(own, key))) continue;
    const { exists, onDelete } = key;
    await look(key, { kind: parent.references === 'keep' ? 'keep' : 'ignore', onDelete, exists });
  }
  return references;
}

async function countOf(checkup: HotCheckup, reference: Reference): Promise<ReferenceCount | string> {
  try {
    return await checkup.countReferences(reference, EXAMINED_ROWS);
  } catch (error) {
    if (error instanceof FirnError) return error.message;
    throw error;
  }
}

/** Below it a search without an index is quick. */
const LARGE_TABLE = 10_000;

export function judgeReferences(
  references: readonly ManagedReference[],
  nextRun: readonly Finding[],
): readonly Finding[] {
  const findings = [...references.flatMap(judge), ...nextRun];
  const whole =
    references.length === 0
      ? 'no foreign key refers to a managed table'
      : `${plural(references.length, 'reference')} to managed tables, and no row breaks one`;
  return orOk(findings, 'references', whole);
}

function judge(managed: ManagedReference): readonly Finding[] {
  const { reference, count, rows, hasIndex } = managed;
  const { table, columns, parent } = reference;
  const subject = `${table}.${columns.join('+')}`;
  if (count === null) {
    const remedy =
      'Correct the foreign key. SQLite refuses changes to both tables while foreign keys are on.';
    return [
      found('references', 'warning', `refers to columns of ${parent} that do not exist`, { subject, remedy }),
    ];
  }
  if (typeof count === 'string')
    return [
      found('references', 'warning', `rows that refer to ${parent} cannot be counted: ${count}`, { subject }),
    ];
  const findings = [...referring(managed, count), ...missing(managed, count)].map(
    ({ message, remedy }): Finding =>
      found('references', 'note', message, { subject, ...(remedy === undefined ? {} : { remedy }) }),
  );
  if (!hasIndex && rows >= LARGE_TABLE) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    const message = `no index on the key: finding the rows that refer to one of ${parent} reads all of ${table}`;
    const remedy = `CREATE INDEX "${table}_${columns.join('_')}" ON "${table}" (${list})`;
    findings.push(found('references', 'warning', message, { subject, remedy }));
  }
  return findings;
}

interface Note {
  readonly message: string;
  readonly remedy?: string;
}

function referring(
  { reference, kind, onDelete, rows }: ManagedReference,
  count: ReferenceCount,
): readonly Note[] {
  if (kind !== 'ignore' || count.referring === 0) return [];
  const { parent } = reference;
  const many = count.isExact
    ? plural(count.referring, 'row')
    : `about ${plural(Math.round((count.referring / count.rows) * rows), 'row')}`;
  const cascade =
    onDelete === 'CASCADE' || onDelete === 'SET NULL' ? `. ${onDelete} does not run when Firn deletes` : '';
  const message = `refers to ${parent} (${many}). A row of ${parent} can be archived before rows that refer to it${cascade}`;
  return [{ message }];
}

/** Rows whose parent is not there. A row of a child without a key has none either. */
function missing({ reference, kind }: ManagedReference, count: ReferenceCount): readonly Note[] {
  const { parent } = reference;
  const remedy = `To find an archived row: firn explain ${parent} ID`;
  const rows = count.dangling + (kind === 'unit' ? count.rows - count.referring : 0);
  if (rows === 0) return [];
  const many = count.isExact
    ? plural(rows, 'row')
    : `at least ${plural(rows, 'row')} (of the first ${formatCount(count.rows)})`;
  if (kind !== 'unit')
    return [
      {
        message: `${many} ${rows === 1 ? 'refers' : 'refer'} to rows of ${parent} that are not in the database`,
        remedy,
      },
    ];
  const belong = rows === 1 ? 'belongs' : 'belong';
  return [
    {
      message: `${many} ${belong} to no row of ${parent} (orphans): Firn does not archive such rows`,
      remedy,
    },
  ];
}
