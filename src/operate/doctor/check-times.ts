import { nearestName } from '../../model/names.ts';
import { formatCount, plural } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';
import type { ManagedTable, UnreadableTable } from './managed-tables.ts';

/** From this size on a survey without an index is slow. */
const LARGE_TABLE = 100_000;
/** Shares of the sampled rows: below the first it is a note, from the second on a warning. */
const MANY = 0.05;
const MOST = 0.5;

/** Time columns that no longer fit, and missing indexes on them. */
export function judgeTimes(
  tables: readonly ManagedTable[],
  unreadable: readonly UnreadableTable[],
): readonly Finding[] {
  const findings = [
    ...unreadable.map(({ table, error }) =>
      found('times', 'problem', `cannot be read: ${error.message}`, {
        subject: table,
        remedy:
          error.hint ?? 'Run PRAGMA integrity_check. Restore the table from a backup if it reports damage.',
      }),
    ),
    // The rows of a child have their time from their parents.
    ...tables
      .filter(({ policy }) => policy.with === undefined)
      .flatMap((table) => [...judgeColumn(table), ...judgeIndex(table)]),
  ];
  return orOk(findings, 'times', `time columns of ${plural(tables.length, 'managed table')} fit`);
}

function judgeColumn({ policy, shape, times }: ManagedTable): readonly Finding[] {
  const { timeColumn } = policy;
  const subject = shape.table;
  if (times === null) {
    const nearest = nearestName(
      timeColumn,
      shape.columns.map(({ name }) => name),
    );
    const guess = nearest === null ? '' : ` Is it ${nearest}?`;
    const remedy = `Correct time_column of ${subject} in the configuration.${guess}`;
    return [
      found('times', 'problem', `has no column ${timeColumn}, so nothing is archived`, { subject, remedy }),
    ];
  }
  const { rows, missing, invalid, implausible, form } = times;
  if (rows === 0) return [];
  const findings: Finding[] = [];
  const say = (count: number, what: string, remedy: string): void => {
    if (count === 0) return;
    const severity = count / rows >= MANY ? 'warning' : 'note';
    const share = `${formatCount(count)} of ${formatCount(rows)} sampled rows`;
    findings.push(found('times', severity, `${share} ${what}`, { subject, remedy }));
  };
  const other = 'Choose another time_column (firn init --print proposes one), or correct the values.';
  const isUsual = missing / rows < MOST;
  // Rows that get their time later, such as the end of a task, are usual.
  if (isUsual && missing > 0)
    findings.push(
      found(
        'times',
        'note',
        `${formatCount(missing)} of ${formatCount(rows)} sampled rows have no ${timeColumn}. They stay in the database`,
        { subject, remedy: other },
      ),
    );
  if (!isUsual) say(missing, `have no ${timeColumn}. They stay in the database`, other);
  say(
    invalid,
    `have a ${timeColumn} that is not a time. They stay in the database`,
    form === null ? other : `These look like ${form}. ${other}`,
  );
  say(
    implausible,
    `have a ${timeColumn} before 1990 or in the future`,
    form === null ? other : `These look like ${form}. ${other}`,
  );
  return findings;
}

function judgeIndex({ policy, shape, size, times, hasAgeIndex }: ManagedTable): readonly Finding[] {
  const { timeColumn } = policy;
  if (times === null || hasAgeIndex || size.rows < LARGE_TABLE) return [];
  const message = `${about(size.exact)}${plural(size.rows, 'row')} and no index on ${timeColumn}: each run reads the whole table`;
  const index = `${shape.table}_${timeColumn}`;
  const remedy = `CREATE INDEX "${index}" ON "${shape.table}" ("${timeColumn}")`;
  return [found('times', 'warning', message, { subject: shape.table, remedy })];
}

function about(exact: boolean): string {
  return exact ? '' : 'about ';
}
