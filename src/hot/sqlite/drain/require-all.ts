import { FirnError } from '../../../model/errors.ts';

/** What became of no lines. */
export const NOTHING = { deleted: 0, changed: [], absent: 0, lastId: [] } as const;

/** Throws `database`, which rolls the transaction back, when SQLite deleted fewer rows than it was told to. */
export function requireAll(
  table: string,
  deleted: number,
  expected: number,
  refusing: readonly string[],
): void {
  if (deleted === expected) return;
  throw new FirnError(
    'database',
    `SQLite deleted ${deleted} of ${expected} rows; the transaction was rolled back`,
    {
      operation: 'delete archived rows',
      path: table,
      hint: `${refusing.length === 0 ? 'A trigger' : `The trigger ${refusing.join(' or ')}`} on ${table} prevents the deletion of rows. The rows stay in the database, and the next run handles their archived copies.`,
    },
  );
}
