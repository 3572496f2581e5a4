import { awayTiers } from '../../archive/away.ts';
import { listFiles } from '../../archive/listed-files.ts';
import { LAKE } from '../../format/lake/lake-path.ts';
import type { Ledger } from '../../hot/ledger.ts';
import { isOfArchived } from './lake-plan.ts';
import { isLakeFile, type LakePlace, leaveFiles, removeLakeFile } from './leave-files.ts';

export interface SweptPlace extends LakePlace {
  readonly ledger: LakePlace['ledger'] & Pick<Ledger, 'receipts'>;
  /** Whether the configuration asks for a lake. There may be one from before all the same. */
  readonly lake: boolean;
}

/**
 * The beginning of every changing run: removes lake files that an earlier run did not finish writing or removing, whose rows are not archived as
 * they were (the database may be an older one), and those that the ledger does not know but that say they are of the lake. Nothing else is removed.
 * Returns what was left, in words.
 */
export async function sweepLake({ ledger, archive, lake }: SweptPlace): Promise<string[]> {
  const records = await ledger.lakeFiles();
  if (records.length === 0 && !lake && archive.capabilities.isRemote) return [];
  if ((await awayTiers(archive)).has('warm')) return [];
  const listed = await listFiles(archive, LAKE);
  if (records.length === 0 && listed.length === 0) return [];
  const receipts = new Map((await ledger.receipts()).map((receipt) => [receipt.segment, receipt]));
  const there = new Map(listed.map((file) => [file.path, file.bytes]));
  const isWhole = new Set(
    records
      .filter(
        (record) =>
          record.state === 'whole' &&
          there.get(record.path) === record.bytes &&
          isOfArchived(record, receipts),
      )
      .map(({ path }) => path),
  );
  const kept = await leaveFiles(
    { ledger, archive },
    records.filter(({ path }) => !isWhole.has(path)),
  );
  const notes = kept.map(({ path, why }) => `lake: ${path} cannot be removed: ${why}`);
  const known = new Set(records.map(({ path }) => path));
  for (const { path, kind } of listed) {
    if (kind !== 'lake' || known.has(path)) continue;
    if (await isLakeFile(archive, path)) await removeLakeFile(archive, path, null);
    else notes.push(`lake: ${path} is ignored: it is not a file of Firn's lake`);
  }
  return notes;
}
