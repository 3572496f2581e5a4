import { sqlite } from '../../../model/database/dialect.ts';
import { FirnError } from '../../../model/errors.ts';
import type { Instant } from '../../../model/instant.ts';
import type { Policy } from '../../../model/policy/policy.ts';
import type { Column } from '../../../model/shape.ts';
import type { DueRule } from '../../hot-store.ts';
import type { TimeSql } from '../time/time-sql.ts';
import { conditionSql, type SqlPiece } from './filter-sql.ts';
import { lastIdSql } from './last-id.ts';
import { rowConditionSql } from './open-while.ts';
import { rowTimeSql } from './row-time.ts';
import type { Table } from './sqlite-table.ts';

/** What decides about a row, as SQL expressions over its table. */
export interface DueSql extends TimeSql {
  /** 1 or 0: the row may still change. */
  readonly open: string;
  /** 1 or 0: a hold or a lease keeps the row. */
  readonly held: SqlPiece;
  /** 1 or 0: a hold keeps the row. */
  readonly onHold: SqlPiece;
  /** 1 or 0: the row was restored, and a lease keeps it. */
  readonly leased: string;
  /** 1 or 0: the row has the greatest id of a table that would give it out again. */
  readonly last: string;
  /** The cutoffs of rows by value, the first condition that is true deciding, and that of all others. */
  readonly rules: readonly { readonly where: string; readonly cutoff: Instant }[];
  readonly otherwise: Instant;
}

/** The row's own cutoff, as SQL. */
export function ownCutoffSql({ rules, otherwise }: DueSql): string {
  return byRule(rules, ({ cutoff }) => `${cutoff}`, `${otherwise}`);
}

/** The same of a row that leaves with its parent: only what its own rules say counts. */
export function childCutoffSql({ rules }: DueSql): string {
  return byRule(rules, ({ cutoff }) => `${cutoff}`, `${2n ** 63n - 1n}`);
}

/** Whether the row's time is at or before its own cutoff, as SQL: see `pastSql`. */
export function pastOwnSql({ rules, otherwise, isPast }: DueSql): string {
  return byRule(rules, ({ cutoff }) => isPast(cutoff), isPast(otherwise));
}

function byRule(
  rules: DueSql['rules'],
  then: (rule: DueSql['rules'][number]) => string,
  otherwise: string,
): string {
  if (rules.length === 0) return otherwise;
  const arms = rules.map((rule) => `WHEN ${rule.where} THEN ${then(rule)}`);
  return `CASE ${arms.join(' ')} ELSE ${otherwise} END`;
}

/**
 * Throws `config` when the policy does not fit the table, `refused` when a hold does not.
 * @param leased whether a row is leased, as SQL: see `leasedSql`.
 */
export function dueSql(table: Table, rule: DueRule, leased = '0'): DueSql {
  const { policy, holds } = rule;
  const column = (name: string) => table.shape.columns.find((c) => sqlite.sameName(c.name, name));
  const time = rowTimeSql(table, policy, rule.now) ?? noTimeColumn(table, policy);
  const open = policy.openWhile === null ? '0' : rowConditionSql(table.shape, policy.openWhile, 'open_while');
  const held = holds.map((conditions): SqlPiece => {
    const pieces = conditions.map((condition) => {
      const found = column(condition.column);
      if (found !== undefined) return conditionSql(condition, table.column(found.name));
      throw new FirnError(
        'refused',
        `a hold uses the column ${condition.column}, which the table does not have`,
        {
          operation: 'find rows to archive',
          path: table.shape.table,
          hint: 'Remove the hold and add one that uses a column of the table.',
        },
      );
    });
    return join(pieces, ' AND ', '1');
  });
  return {
    ...time,
    open: open === '0' ? '0' : `CASE WHEN ${open} THEN 1 ELSE 0 END`,
    last: lastIdSql(table),
    held: join([...held, { sql: leased, params: [] }], ' OR ', '0'),
    onHold: join(held, ' OR ', '0'),
    leased,
    rules: (rule.hotRules?.rules ?? []).map(({ where, cutoff }) => {
      return { where: rowConditionSql(table.shape, where, 'hot_rules'), cutoff };
    }),
    otherwise: rule.hotRules?.otherwise ?? rule.cutoff,
  };
}

function join(pieces: readonly SqlPiece[], operator: string, none: string): SqlPiece {
  if (pieces.length === 0) return { sql: none, params: [] };
  return {
    sql: `(${pieces.map(({ sql }) => sql).join(operator)})`,
    params: pieces.flatMap(({ params }) => params),
  };
}

/** The column that a policy counts age from. Throws `config` when the table does not have it. */
export function timeColumnOf({ shape }: Table, policy: Policy): Column {
  const time = shape.columns.find(({ name }) => sqlite.sameName(name, policy.timeColumn));
  if (time !== undefined) return time;
  return noTimeColumn({ shape }, policy);
}

function noTimeColumn({ shape }: Pick<Table, 'shape'>, { timeColumn }: Policy): never {
  const why = `the table has no column ${timeColumn}, which the policy uses as time column`;
  throw new FirnError('config', why, { operation: 'find rows to archive', path: shape.table });
}
