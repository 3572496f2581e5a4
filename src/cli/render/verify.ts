import type { VerifyReport } from '../../lifecycle/verify-report.ts';
import { formatBytes, formatCount, plural } from './quantity.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const MODES = {
  quick: 'names, sizes, footers and receipts',
  sample: 'every byte of a sample',
  deep: 'every byte, every digest, every key',
};

/** What a verification found, for people. */
export function renderVerify(report: VerifyReport, style: Style, width?: number): string {
  const { checked, alarms, unfinished, notes, accounts } = report;
  const size = checked.bytes > 0 ? `, ${formatBytes(checked.bytes)} proved` : '';
  const lines = [
    `${style.heading('Verify Results:')} ${style.faint(`${MODES[report.mode]}, as of ${report.asOf}`)}`,
    `  ${plural(checked.segments, 'segment')}, ${plural(checked.bundles, 'bundle')}, ${plural(checked.rows, 'row')}${size}`,
  ];
  if (accounts.length > 0) {
    const rows = accounts.map(({ table, archived, warm, cold, purged, balanced }) => [
      table,
      ...[archived, warm, cold, purged].map(formatCount),
      balanced ? style.good('balanced') : style.bad('OFF'),
    ]);
    const numbers = ['ARCHIVED', 'WARM', 'COLD', 'PURGED'].map(
      (title) => ({ title, align: 'right' }) as const,
    );
    lines.push('', renderTable([{ title: 'TABLE' }, ...numbers, { title: '' }], rows, style, width));
  }
  if (unfinished.length > 0) {
    lines.push(
      '',
      style.heading(report.mode === 'quick' ? 'The next run will put right:' : 'Put right first:'),
    );
    lines.push(...unfinished.map(({ action, subject, reason }) => `  ${action} ${subject}: ${reason}`));
  }
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${style.faint('note:')} ${note}`));
  if (alarms.length > 0) {
    lines.push('', style.bad(`${plural(alarms.length, 'ALARM', 'ALARMS')}:`));
    for (const { path, what, remedy } of alarms) {
      lines.push(`  ${style.bad(path)}: ${what}`, `    ${style.faint(remedy)}`);
    }
  }
  lines.push('', alarms.length > 0 ? style.bad('Not all is well.') : style.good('All is well.'));
  return lines.join('\n');
}

/** The same for `--json`. */
export function verifyJson(report: VerifyReport): object {
  const { command, mode, asOf, checked, alarms, unfinished, notes, accounts } = report;
  return {
    command,
    mode,
    as_of: asOf,
    ok: alarms.length === 0,
    checked,
    alarms,
    unfinished,
    notes,
    accounts,
  };
}
