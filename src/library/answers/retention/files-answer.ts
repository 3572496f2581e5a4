import type { ReceiptState } from '../../../hot/ledger.ts';
import type { ArchiveFile, ArchiveFiles } from '../../../lifecycle/report/archive-files.ts';
import { fileTotals } from '../../../lifecycle/report/file-totals.ts';
import { formatInstant } from '../../../model/instant.ts';
import { lastDay, type Span } from '../../../model/policy/span.ts';
import {
  type AcknowledgedAlarm,
  acknowledgedJson,
  type OpenAlarmAnswer,
  openAlarmJson,
} from '../../../operate/status/status-json.ts';

/** The archive files in the ledger, newest first: the JSON of `firn retention files`. */
export interface FilesAnswer {
  readonly command: 'retention files';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** Of all matching files, also of those that a limit leaves out. */
  readonly total: {
    readonly segments: number;
    readonly rows: number;
    readonly bytes: number;
    readonly raw_bytes: number;
  };
  readonly files: readonly FileAnswer[];
  readonly alarms: readonly OpenAlarmAnswer[];
  readonly acknowledged: readonly AcknowledgedAlarm[];
}

/** One archive file as the ledger lists it. */
export interface FileAnswer {
  /** `<day>/<file name>`: its name in every tier. */
  readonly segment: string;
  readonly table: string;
  /** First and last day of its span. */
  readonly day: string;
  readonly last_day: string;
  readonly span: Span;
  readonly part: number;
  readonly tier: 'warm' | 'cold';
  /** The file that has its bytes, relative to the archive: its own, or the bundle of its month. */
  readonly path: string;
  readonly state: ReceiptState;
  readonly rows: number;
  readonly bytes: number;
  readonly raw_bytes: number;
  /** Times of its oldest and newest row, UTC ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  readonly archived_at: string;
  /** When its bytes were last verified since; null when they were not. */
  readonly verified_at: string | null;
  /** What is wrong with it; null when nothing is known. */
  readonly alarm: string | null;
  readonly acknowledged: boolean;
}

/** The files in the shape of Firn's JSON. @param limit the most files; null for all. @internal */
export function archiveFilesJson(
  { asOf, files, alarms, acknowledged }: ArchiveFiles,
  limit: number | null,
): FilesAnswer {
  const total = fileTotals(files);
  return {
    command: 'retention files',
    as_of: asOf,
    total: { segments: total.files, rows: total.rows, bytes: total.bytes, raw_bytes: total.rawBytes },
    files: files.slice(0, limit ?? files.length).map(archiveFileJson),
    alarms: alarms.map(openAlarmJson),
    acknowledged: acknowledged.map(acknowledgedJson),
  };
}

/** @internal */
export function archiveFileJson(file: ArchiveFile): FileAnswer {
  const { segment, table, day, span, part, tier, path, state, rows, bytes, alarm } = file;
  return {
    ...{ segment, table, day, last_day: lastDay(file), span, part, tier, path, state, rows, bytes },
    raw_bytes: file.rawBytes,
    oldest: formatInstant(file.minTime),
    newest: formatInstant(file.maxTime),
    archived_at: file.archivedAt,
    verified_at: file.provedAt,
    alarm: alarm?.message ?? null,
    acknowledged: alarm?.acknowledged ?? false,
  };
}
