import type { ForeignKey, HotCheckup, ReferenceSample } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { sameName } from '../../model/names.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { plural } from '../amounts.ts';
import { type Finding, found, orOk } from './finding.ts';

/** A foreign key whose parent is a managed table. */
export interface ManagedReference {
  readonly key: ForeignKey;
  /** Null where the columns of the key do not exist. */
  readonly sample: ReferenceSample | null;
  /** About how many rows the referring table has. */
  readonly rows: number;
  readonly hasIndex: boolean;
  /** Rows that it refers to do not leave before those that refer to them. */
  readonly isKept: boolean;
}

export async function lookAtReferences(
  policies: PolicySet,
  reader: Pick<HotReader, 'shape'>,
  checkup: HotCheckup,
): Promise<readonly ManagedReference[]> {
  const references: ManagedReference[] = [];
  for (const key of await checkup.foreignKeys()) {
    const parent = getPolicy(policies, key.parent);
    if (parent === null) continue;
    const shape = await reader.shape(key.table).catch(() => null);
    if (shape === null) continue;
    const sample = await checkup.sampleReference(key).catch(() => null);
    const { rows } = await checkup.size(shape);
    const isKept = parent.references === 'keep' || isBelonging(policies, key);
    references.push({ key, isKept, sample, rows, hasIndex: await checkup.hasIndex(shape, key.columns) });
  }
  return references;
}

/** Whether the rows of the table leave together with what they refer to. */
function isBelonging(policies: PolicySet, { table, parent }: ManagedReference['key']): boolean {
  const belonging = getPolicy(policies, table)?.with;
  return belonging !== undefined && sameName(belonging.parent, parent);
}

/** Below it a search without an index is quick. */
const LARGE_TABLE = 10_000;

export function judgeReferences(references: readonly ManagedReference[]): readonly Finding[] {
  return orOk(references.flatMap(judge), 'references', 'no foreign key refers to a managed table');
}

function judge({ key, isKept, sample, rows, hasIndex }: ManagedReference): readonly Finding[] {
  const { table, columns, parent, onDelete } = key;
  const subject = `${table}.${columns.join('+')}`;
  if (sample === null) {
    const remedy =
      'Correct the foreign key. SQLite refuses changes to both tables while foreign keys are on.';
    return [
      found('references', 'warning', `refers to columns of ${parent} that do not exist`, { subject, remedy }),
    ];
  }
  const share = sample.rows === 0 ? 0 : sample.referring / sample.rows;
  const count = sample.rows === rows ? sample.referring : Math.round(share * rows);
  const findings: Finding[] = [];
  if (count > 0 && !isKept) {
    const many = `${sample.rows === rows ? '' : 'about '}${plural(count, 'row')}`;
    const cascade =
      onDelete === 'CASCADE' || onDelete === 'SET NULL' ? `. ${onDelete} does not run when Firn deletes` : '';
    const message = `refers to ${parent} (${many}). A row of ${parent} can be archived before rows that refer to it${cascade}`;
    findings.push(found('references', 'note', message, { subject }));
  }
  if (sample.dangling > 0) {
    const message = `${plural(sample.dangling, 'row')} of ${plural(sample.rows, 'sampled row')} refer to rows of ${parent} that are not in the database`;
    findings.push(
      found('references', 'note', message, {
        subject,
        remedy: `To find an archived row: firn explain ${parent} ID`,
      }),
    );
  }
  if (!hasIndex && rows >= LARGE_TABLE) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    const message = `no index on the key: finding the rows that refer to one of ${parent} reads all of ${table}`;
    const remedy = `CREATE INDEX "${table}_${columns.join('_')}" ON "${table}" (${list})`;
    findings.push(found('references', 'warning', message, { subject, remedy }));
  }
  return findings;
}
