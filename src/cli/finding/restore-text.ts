import type { ThawedFile, ThawReport } from '../../archive/bucket/thawing.ts';
import type { ColumnDrift } from '../../lookup/restore/drift.ts';
import type { RestoreEstimate } from '../../lookup/restore/restore-estimate.ts';
import type { RestoreReport } from '../../lookup/restore/restore-rows.ts';
import { formatBytes, formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** What was restored, table by table, and where schemas differ. */
export function renderRestore(report: RestoreReport, style: Style, width: number): string {
  const { tables, into, stopped, problems } = report;
  if (tables.length === 0) {
    return problems.length === 0
      ? 'No archived rows match. Nothing was restored.'
      : `Nothing was restored: ${plural(problems.length, 'segment')} could not be read.`;
  }
  const columns = ['table', 'inserted', 'same', 'kept', 'overwritten', 'refused'].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const rows = tables.map(({ table, inserted, same, kept, overwritten, refused }) => [
    table,
    ...[inserted, same, kept, overwritten, refused].map(formatCount),
  ]);
  const total = tables.reduce((sum, { inserted, overwritten }) => sum + inserted + overwritten, 0);
  const lines = [style.heading(`Restored into ${into}:`), '', renderTable(columns, rows, style, width), ''];
  for (const { table, refusals, drift, converted } of tables) {
    lines.push(...driftLines(table, drift, style));
    for (const [column, count] of converted)
      lines.push(`  ${table}.${column}: ${plural(count, 'value')} converted to the current column type`);
    for (const [why, count] of refusals)
      lines.push(`  ${style.bad('refused')} ${plural(count, 'row')} of ${table}: ${why}`);
  }
  if (tables.some(({ kept }) => kept > 0))
    lines.push(
      '  kept: the database has a row with the same key and other values. It may be a different row that reuses the key. Pass --overwrite to replace it.',
    );
  const unread = problems.length === 0 ? '' : `; ${plural(problems.length, 'unreadable segment')} skipped`;
  lines.push(
    stopped === null
      ? `Total: ${plural(total, 'row')}${unread}`
      : `Stopped after ${plural(total, 'row')}${unread}: ${stopped}. Run the command again to continue.`,
  );
  return lines.join('\n');
}

/** @param isWithParents whether parents were asked for: then the archives do not have them either. */
export function parentWarnings({ tables }: RestoreReport, isWithParents: boolean): string[] {
  const what = isWithParents
    ? 'the archives do not have these parent rows either'
    : 'pass --with-parents to restore the parent rows';
  return tables
    .filter(({ withoutParent }) => withoutParent > 0)
    .map(
      ({ table, withoutParent }) =>
        `${table}: the parent row of ${plural(withoutParent, 'restored row')} is not in the database; ${what}`,
    );
}

const THAW_WORDS: Record<ThawedFile['state'], string> = {
  needed: 'has to be thawed',
  asked: 'asked for now',
  in_progress: 'being thawed',
  readable: 'can be read',
};

/** Which files have to be thawed first, and what to do then. */
export function renderThaw({ days, tier, files }: ThawReport, isDryRun: boolean, style: Style): string {
  const asked = files.filter(({ state }) => state === 'asked').length;
  return [
    style.heading(
      isDryRun ? 'DRY RUN: files that have to be thawed first' : 'Files that have to be thawed first',
    ),
    '',
    ...files.map(({ path, state }) => `  ${THAW_WORDS[state].padEnd(16)}  ${path}`),
    '',
    ...(asked === 0
      ? []
      : [`S3 was asked for ${plural(asked, 'file')} (tier ${tier}, readable for ${plural(days, 'day')}).`]),
    isDryRun
      ? 'Run the command without --dry-run to ask S3 for them.'
      : 'No row was restored. Run the same command again later: it restores the rows when all files can be read.',
  ].join('\n');
}

/** What a restore would do. */
export function renderEstimate(found: RestoreEstimate, into: string, style: Style, width: number): string {
  const { tables, segments, rows, rawBytes, exact, problems } = found;
  if (segments === 0) {
    return problems.length === 0
      ? 'DRY RUN: no archived rows match.'
      : `DRY RUN: nothing to restore; ${plural(problems.length, 'segment')} could not be read.`;
  }
  const about = exact ? '' : 'at most ';
  const columns = ['table', 'segments', exact ? 'rows' : 'max. rows'].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const cells = tables.map((table) => [table.table, formatCount(table.segments), formatCount(table.rows)]);
  return [
    style.heading(`DRY RUN: what would be restored into ${into}`),
    '',
    renderTable(columns, cells, style, width),
    '',
    ...tables.flatMap(({ table, drift }) => driftLines(table, drift, style)),
    `Total: ${about}${plural(rows, 'row')}, ${about}${formatBytes(rawBytes)} of text, from ${plural(segments, 'segment')}`,
  ].join('\n');
}

function driftLines(table: string, drift: readonly ColumnDrift[], style: Style): string[] {
  const words: Record<ColumnDrift['drift'], string> = {
    missing: 'is archived, but the table does not have it',
    added: 'was archived and was added to the table',
    new: 'is newer than some archived rows; these rows get its default value',
    retyped: 'has a different type now',
    key: 'has a different position in the primary key now',
  };
  return drift.map(({ column, drift: kind, archived, present }) => {
    const types =
      kind === 'retyped' ? ` (archived ${archived || 'no type'}, now ${present || 'no type'})` : '';
    return `  ${style.warning('drift')} ${table}.${column} ${words[kind]}${types}`;
  });
}
