import type { OpenAlarm } from '../../lifecycle/reconcile/alarm-findings.ts';
import { isSound, type VerifyReport } from '../../lifecycle/verify/verify-report.ts';
import { formatBytes, formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import { acknowledgedLines } from './alarms.ts';

/** What a verification found, for people. */
export function renderVerify(report: VerifyReport, style: Style, width?: number): string {
  const { checked, alarms, earlier, acknowledged, unfinished, notes, accounts } = report;
  const size = checked.bytes > 0 ? `, ${formatBytes(checked.bytes)} verified` : '';
  const lines = [
    `${style.heading('Verify Results:')} ${style.faint(`${scopeOf(report)}, as of ${report.asOf}`)}`,
    `  ${plural(checked.segments, 'segment')}, ${plural(checked.bundles, 'bundle')}, ${plural(checked.rows, 'row')}${size}`,
  ];
  if (accounts.length > 0) {
    // Most archives have no erased rows, and none that came back.
    const fates = (['erased', 'returned'] as const).filter((fate) => accounts.some((one) => one[fate] > 0));
    const counts = ['archived', 'warm', 'cold', 'purged', ...fates] as const;
    const rows = accounts.map((account) => [
      account.table,
      ...counts.map((name) => formatCount(account[name])),
      account.balanced ? style.good('balanced') : style.bad('MISMATCH'),
    ]);
    const numbers = counts
      .map((name) => name.toUpperCase())
      .map((title) => ({ title, align: 'right' }) as const);
    lines.push('', renderTable([{ title: 'TABLE' }, ...numbers, { title: '' }], rows, style, width));
  }
  if (unfinished.length > 0) {
    lines.push(
      '',
      style.heading(
        report.mode === 'quick' ? 'The next run will complete:' : 'Completed from an earlier run:',
      ),
    );
    lines.push(...unfinished.map(({ action, subject, reason }) => `  ${action} ${subject}: ${reason}`));
  }
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${style.faint('note:')} ${note}`));
  if (acknowledged.length > 0) lines.push('', ...acknowledgedLines(acknowledged));
  if (alarms.length > 0) {
    lines.push('', style.bad(`${plural(alarms.length, 'ALARM', 'ALARMS')}:`));
    for (const { path, what, remedy } of alarms) {
      lines.push(`  ${style.bad(path)}: ${what}`, `    ${style.faint(remedy)}`);
    }
  }
  if (earlier.length > 0) {
    lines.push('', style.bad(`${plural(earlier.length, 'problem')} found earlier and not resolved:`));
    lines.push(
      ...earlier.map((alarm) => `  ${style.bad(alarm.path)}: ${alarm.message}, found ${since(alarm)}`),
    );
    lines.push(
      `    ${style.faint('Restore the file from a backup, then run firn verify --deep. Or acknowledge the alarm: firn verify --acknowledge PATH --reason TEXT')}`,
    );
  }
  lines.push('', ...verdict(report, style));
  return lines.join('\n');
}

/** What was read, in words that claim no more than was done. */
function scopeOf(report: VerifyReport): string {
  const { mode, complete, stopped, archivesOnly, checked, chosen, skipped } = report;
  if (!complete) {
    const bytes = mode === 'quick' ? '' : `, ${formatBytes(checked.bytes)} of ${formatBytes(chosen.bytes)}`;
    return `${stopped === null ? 'INCOMPLETE:' : 'STOPPED after'} ${formatCount(checked.segments)} of ${plural(chosen.segments, 'segment')}${bytes}`;
  }
  if (mode === 'quick')
    return archivesOnly ? 'names and footers, without the database' : 'names, sizes, footers and receipts';
  const left = skipped === 0 ? '' : `, except ${plural(skipped, 'segment')} verified recently`;
  if (mode === 'files') return `every byte of ${plural(chosen.segments, 'segment')}`;
  if (mode === 'sample') return `every byte of a sample${left}`;
  if (archivesOnly) return 'every byte and every digest, without the database';
  return skipped === 0
    ? 'every byte, every digest, every key'
    : `every key; every byte of ${plural(chosen.segments, 'segment')}${left}`;
}

function since({ firstSeen }: OpenAlarm): string {
  return firstSeen ?? 'just now';
}

function verdict(report: VerifyReport, style: Style): string[] {
  const { alarms, earlier, complete, stopped, mode, archivesOnly, skipped } = report;
  const lines: string[] = [];
  if (!isSound(report)) lines.push(style.bad(`${plural(alarms.length + earlier.length, 'problem')} found.`));
  if (!complete) {
    const so = isSound(report) ? ' The part that was read has no problems.' : '';
    const why = stopped === null ? 'Not complete: see the note above' : `Stopped: ${stopped}`;
    const next =
      mode === 'deep' && !archivesOnly && stopped !== null
        ? ' To continue: firn verify --deep --not-proved-for 7d'
        : '';
    lines.push(style.warning(`${why}.${so} The rest was not verified.${next}`));
  }
  if (lines.length > 0) return lines;
  if (archivesOnly) {
    const read =
      mode === 'quick' ? 'All footers are readable. No rows were read.' : 'All files are unchanged.';
    return [style.good(read), 'Without the database, Firn cannot detect missing files or duplicate rows.'];
  }
  if (mode === 'quick')
    return [
      `${style.good('No problems found')} in names, sizes, footers and receipts. Rows were not read; firn verify --deep reads them.`,
    ];
  if (mode === 'files') return [style.good('No problems found.')];
  if (mode === 'sample') return [`${style.good('No problems found')} in the sample.`];
  return [
    skipped === 0 ? style.good('No problems found.') : `${style.good('No problems found')} in what was read.`,
  ];
}
