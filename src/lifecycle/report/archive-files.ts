import type { ArchiveStore } from '../../archive/archive-store.ts';
import { bundleOf } from '../../archive/stored-segment.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { Clock } from '../../model/clock.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { formatInstant, type Instant, instantOfMs } from '../../model/instant.ts';
import type { AlarmState, OpenAlarm } from '../reconcile/alarm-findings.ts';
import { standingOf } from './standing-alarms.ts';

/** Which archive files are wanted. All parts must hold. */
export interface FileFilter {
  /** Null for all. */
  readonly tables: readonly string[] | null;
  readonly tier: 'warm' | 'cold' | null;
  /** The path of a bundle; null for all. */
  readonly bundle: string | null;
  /** Both inclusive: files some of whose rows may lie between them. */
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** A segment as the ledger lists it, and what is known to be wrong with it. */
export interface ArchiveFile extends Receipt {
  /** The file that holds it: its own, or its month's bundle. */
  readonly path: string;
  readonly alarm: FileAlarm | null;
}

/** What is known to be wrong with a file. */
export interface FileAlarm {
  readonly message: string;
  /** Somebody decided that it needs no more attention. */
  readonly acknowledged: boolean;
}

export interface ArchiveFiles {
  /** UTC ISO 8601. */
  readonly asOf: string;
  /** The newest first; within a day by table and part. */
  readonly files: readonly ArchiveFile[];
  /** Of the tables asked for, and of the archive as a whole. */
  readonly alarms: readonly OpenAlarm[];
  readonly acknowledged: readonly RecordedAlarm[];
}

export interface FileSources {
  readonly reader: Pick<HotReader, 'ledger' | 'dialect'>;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

/** Lists the live segments from the ledger, and compares names and sizes with the archive. Opens no segment. Reads only. */
export async function archiveFiles(
  { reader, archive, clock }: FileSources,
  filter: FileFilter,
): Promise<ArchiveFiles> {
  const standing = await standingOf(reader.ledger, archive);
  const { inventory, open, acknowledged } = standing;
  const against = fileAlarms(standing);
  const files = inventory.receipts
    .filter((receipt) => isLive(receipt) && isWanted(receipt, filter, reader.dialect))
    .map((receipt) => archiveFile(receipt, against));
  const concerns = ({ table }: { readonly table: string | null }): boolean =>
    table === null || isOfTables(table, filter, reader.dialect);
  return {
    asOf: formatInstant(instantOfMs(clock.now())),
    files: files.sort(newestFirst),
    alarms: open.filter(concerns),
    acknowledged: acknowledged.filter(concerns),
  };
}

/** What is wrong, by segment and by path of a bundle. */
export function fileAlarms({ open, acknowledged }: AlarmState): ReadonlyMap<string, FileAlarm> {
  const alarms = new Map<string, FileAlarm>();
  for (const { subject, message } of acknowledged) alarms.set(subject, { message, acknowledged: true });
  for (const { subject, message } of open) alarms.set(subject, { message, acknowledged: false });
  return alarms;
}

export function archiveFile(receipt: Receipt, against: ReadonlyMap<string, FileAlarm>): ArchiveFile {
  const path = receipt.tier === 'warm' ? warmPath(receipt.segment) : bundleOf(receipt.segment);
  return { ...receipt, path, alarm: against.get(receipt.segment) ?? against.get(path) ?? null };
}

/** A segment whose drain has not begun is listed when it is: until then all of its rows are in the database. */
function isLive({ state }: Receipt): boolean {
  return state === 'draining' || state === 'archived';
}

function isWanted(receipt: Receipt, filter: FileFilter, dialect: Dialect): boolean {
  const { tier, bundle, since, until } = filter;
  return (
    isOfTables(receipt.table, filter, dialect) &&
    (tier === null || receipt.tier === tier) &&
    (bundle === null || (receipt.tier === 'cold' && bundleOf(receipt.segment) === bundle)) &&
    (since === null || receipt.maxTime >= since) &&
    (until === null || receipt.minTime <= until)
  );
}

function isOfTables(table: string, { tables }: FileFilter, dialect: Dialect): boolean {
  return tables === null || tables.some((name) => dialect.sameName(name, table));
}

function newestFirst(a: Receipt, b: Receipt): number {
  if (a.day !== b.day) return a.day < b.day ? 1 : -1;
  if (a.table !== b.table) return a.table < b.table ? -1 : 1;
  return a.part - b.part;
}
