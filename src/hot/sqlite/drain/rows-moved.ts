import { FirnError } from '../../../model/errors.ts';

/** A row that no key tells from others is not where it was: it must be looked for by what it holds. */
export class RowsMoved extends Error {}

/** Searches for rows by content before something is given up, because others keep renumbering them. */
const TRIES = 5;

/** Runs `action`; as often as it throws `RowsMoved`, `find` looks for the rows, and it runs again. */
export async function untilFound<T>(
  table: string,
  action: () => Promise<T>,
  find: () => Promise<void>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof RowsMoved)) throw error;
      if (tries === TRIES) throw keepsMoving(table);
      await find();
    }
  }
}

function keepsMoving(table: string): FirnError {
  return new FirnError('unavailable', 'another process keeps changing the rowids of the table (VACUUM)', {
    operation: 'find rows by content',
    path: table,
    hint: 'Nothing is lost. Run again when the other process has finished.',
  });
}
