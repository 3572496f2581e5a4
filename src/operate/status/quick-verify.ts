import { IDENTITY_FILE, markedFor } from '../../archive/identity.ts';
import { isInTier, listFiles } from '../../archive/listed-files.ts';
import { WAY_OUT } from '../../archive/way-out.ts';
import { UNRECORDED } from '../../hot/recorded-alarm.ts';
import { findings } from '../../lifecycle/verify/verify-alarms.ts';
import { verifyQuick } from '../../lifecycle/verify/verify-quick.ts';
import type { Alarm, VerifyReport } from '../../lifecycle/verify/verify-report.ts';
import { FirnError } from '../../model/errors.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import type { Reading, Stores } from '../stores.ts';

/**
 * Verifies names, sizes, footers and receipts; reads only. What it finds wrong and no run has recorded yet is then recorded in one short transaction,
 * so that status and metrics report it too; where that cannot be, a note says why.
 */
export async function quickVerify(stores: Stores, stop: Stop = neverStop): Promise<VerifyReport> {
  const { report, paired, known } = await look(stores, stop);
  const found = findings(report.alarms).filter(
    ({ kind, subject }) => !UNRECORDED.has(kind) && !known.has(`${kind} ${subject}`),
  );
  if (found.length === 0) return report;
  const unrecorded = (why: string): VerifyReport => ({
    ...report,
    notes: [...report.notes, `these alarms could not be recorded, so firn status does not show them: ${why}`],
  });
  // A mistyped archive path must not leave an alarm for every file.
  if (!paired) return unrecorded('archive.json does not name this database');
  try {
    await using alarms = await stores.openAlarmLog();
    await alarms.raise(found, new Date(stores.clock.now()).toISOString());
    return report;
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    return unrecorded(error.message);
  }
}

async function look(
  stores: Stores,
  stop: Stop,
): Promise<{ readonly report: VerifyReport; readonly paired: boolean; readonly known: ReadonlySet<string> }> {
  await using opened = await stores.openReading();
  const { ledger } = opened.reader;
  await requireLedger(opened);
  const report = await verifyQuick(ledger, opened.archive, opened.clock, stop);
  const known = new Set((await ledger.alarms()).map(({ kind, subject }) => `${kind} ${subject}`));
  const paired = await arePaired(opened);
  return { report: paired ? report : await withMarker(report, opened), paired, known };
}

/** Without a ledger every file is in order, and none is accounted for. */
async function requireLedger({ reader, archive }: Reading): Promise<void> {
  if ((await reader.ledger.identity()) !== null) return;
  const sealed = (await listFiles(archive)).filter(isInTier).length;
  if (sealed === 0) return;
  throw new FirnError(
    'integrity',
    `the archive has ${sealed} files, but this database has no ledger that lists them`,
    {
      operation: 'verify the archive of this database',
      path: archive.location,
      hint: `${WAY_OUT} To verify only the files, run firn verify --archives-only.`,
    },
  );
}

/** The marker of an archive in use must be there. */
async function withMarker(report: VerifyReport, { archive }: Reading): Promise<VerifyReport> {
  const present = await archive.list('');
  if (present.length === 0 || present.some(({ path }) => path === IDENTITY_FILE)) return report;
  const lost: Alarm = {
    ...{ kind: 'missing', subject: IDENTITY_FILE, path: IDENTITY_FILE, table: null },
    what: 'archive.json is missing, so the database of this archive is unknown',
    remedy: 'Restore the file from a backup of the archive, or run firn archive all --adopt.',
  };
  return { ...report, alarms: [...report.alarms, lost] };
}

async function arePaired({ reader, archive }: Reading): Promise<boolean> {
  try {
    const identity = await reader.ledger.identity();
    return identity !== null && (await markedFor(archive, identity)) === identity;
  } catch (error) {
    if (error instanceof FirnError) return false;
    throw error;
  }
}
