import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import { spanInWords } from '../../model/policy/span.ts';
import { type KeylessDoubles, keylessDoubles } from './keyless-doubles.ts';
import { type Alarm, REMEDY } from './verify-report.ts';

/** Rows that no key tells apart and that stand in two places: alarms, and notes where that is not certain. */
export async function keylessAlarms(
  reader: HotReader,
  archive: ArchiveStore,
  sound: readonly Receipt[],
  receipts: readonly Receipt[],
): Promise<{ readonly doubled: Alarm[]; readonly alike: string[] }> {
  const unfound = unfoundRows(receipts);
  const found: KeylessDoubles[] = [];
  const unread: string[] = [];
  for (const [table, own] of Map.groupBy(sound, (receipt) => receipt.table)) {
    try {
      found.push(...(await keylessDoubles(reader, archive, table, own, unfound)));
    } catch (error) {
      if (!isUnreadableTable(error)) throw error;
      unread.push(
        `${table}: its archived rows were not compared with the database, because the database rows cannot be read: ${error.message}`,
      );
    }
  }
  const doubled = found.filter(({ certain }) => certain);
  const alike = found.filter(({ certain }) => !certain);
  return {
    doubled: doubled.map(({ table, segment, other, rows }): Alarm => {
      const about = { kind: 'doubled', subject: `doubled rows of ${table}`, path: segment, table } as const;
      const what = `${rows === 1 ? '1 row without a key is' : `${rows} rows without a key are`} in ${segment} and also in ${other}`;
      return { ...about, what, remedy: REMEDY.doubled };
    }),
    alike: [
      ...unread,
      ...alike.map(({ table, covered, rows }) => {
        return `${table}: ${rows} rows of ${spanInWords(covered)} in the database equal archived rows. The table has no key, so they may be different rows with the same values.`;
      }),
    ],
  };
}

/** How many lines of a segment, or of those that it was rewritten from, had no row when they were to be deleted. */
function unfoundRows(receipts: readonly Receipt[]): (receipt: Receipt) => number {
  const ancestors = Map.groupBy(receipts, ({ replacedBy }) => replacedBy);
  const count = (receipt: Receipt): number =>
    (ancestors.get(receipt.segment) ?? []).reduce((sum, old) => sum + count(old), receipt.absent);
  return count;
}
