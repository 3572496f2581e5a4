import type { SearchReport } from '../../lookup/places/search-report.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { plural } from '../terminal/quantity.ts';

const TO_THAW = 'To thaw the files, run firn restore --thaw with the table and the time of the rows.';

/**
 * Reports what is missing from an answer, and gives the exit status: 5 when a part of the archive could not be read, 3 when the database rows of some tables could
 * not, 1 when that is all that was asked for.
 */
export function answerStatus(
  context: Context,
  { problems, unread }: Pick<SearchReport, 'problems' | 'unread'>,
  tables: number,
): number {
  for (const { path, segment, rows, why } of problems) {
    const lost = rows === 0 ? '' : `; up to ${plural(rows, 'row')} may be missing from the result`;
    context.warn(`${path.includes(segment) ? path : `${path}: ${segment}`}: ${why}${lost}`);
  }
  for (const { table, why } of unread)
    context.warn(`${table}: cannot read the database rows: ${why}. They are missing from the result`);
  if (problems.length > 0) {
    const isDamaged = problems.some(({ frozen }) => frozen === undefined);
    context.note(`The result is not complete. ${isDamaged ? 'See: firn verify --deep' : TO_THAW}`);
    return EXIT.integrity;
  }
  if (unread.length === 0) return EXIT.done;
  return unread.length < tables ? EXIT.partly : EXIT.failed;
}
