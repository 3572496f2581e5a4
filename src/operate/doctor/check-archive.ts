import type { ArchiveStore } from '../../archive/archive-store.ts';
import { listFiles } from '../../archive/listed-files.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import type { AlarmKind } from '../../hot/recorded-alarm.ts';
import { type AlarmState, alarmInWords } from '../../lifecycle/reconcile/alarm-findings.ts';
import { standingOf } from '../../lifecycle/report/standing-alarms.ts';
import { REMEDY } from '../../lifecycle/verify/verify-report.ts';
import { plural } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** What a firn command can put right by itself. */
const COMMANDS: Partial<Record<AlarmKind, readonly string[]>> = { uncovered: ['archive', 'all'] };

export async function lookAtArchive(
  ledger: LedgerReader,
  archive: ArchiveStore,
): Promise<AlarmState & { readonly files: number }> {
  const { open, acknowledged } = await standingOf(ledger, archive);
  return { open, acknowledged, files: await filesIn(archive) };
}

async function filesIn(archive: ArchiveStore): Promise<number> {
  const files = await listFiles(archive);
  return files.filter(({ kind }) => kind === 'segment' || kind === 'bundle').length;
}

/** Where there is no database to compare with. */
export async function judgeFilesAlone(archive: ArchiveStore): Promise<readonly Finding[]> {
  const files = await filesIn(archive);
  const message = `${plural(files, 'file')}, not compared with a database`;
  const remedy = 'To check the files alone, run: firn verify --archives-only';
  return [found('archive', 'note', message, files === 0 ? {} : { remedy })];
}

/** Alarms, and whether archive and database belong together. @param state with the number of files of both tiers. */
export function judgeArchive({
  open,
  acknowledged,
  files,
}: AlarmState & { readonly files: number }): readonly Finding[] {
  const findings = [
    ...open.map((alarm) => {
      const { kind, path } = alarm;
      const command = COMMANDS[kind];
      return found('archive', 'problem', alarmInWords(alarm), {
        ...{ subject: path, remedy: REMEDY[kind] },
        ...(command === undefined ? {} : { command }),
      });
    }),
    ...acknowledged.map(({ path, message, acknowledged: how }) =>
      found('archive', 'note', `acknowledged alarm: ${message} (${how?.reason ?? ''})`, { subject: path }),
    ),
  ];
  return orOk(
    findings,
    'archive',
    files === 0 ? 'no archive files yet' : `${plural(files, 'file')} of this database, no open alarms`,
  );
}
