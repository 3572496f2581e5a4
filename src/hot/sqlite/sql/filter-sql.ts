import {
  type Among,
  type Condition,
  conditionBytes,
  conditionNumber,
  foldText,
} from '../../../model/filter.ts';

/** What is bound to a `?`. */
export type SqlParam = string | bigint | number | Uint8Array;

/** A piece of SQL and the values for its `?`, in order. */
export interface SqlPiece {
  readonly sql: string;
  readonly params: readonly SqlParam[];
}

/**
 * A condition as SQLite's SQL, true for exactly the rows that `matches` takes; never NULL. An index on the column serves `=`.
 * (In a UTF-16 database `<` and its kin order text by UTF-16 units.)
 * @param column the column as SQL, already quoted.
 */
export function conditionSql(condition: Condition, column: string): SqlPiece {
  const { op, value } = condition;
  if (op === '~') return containsSql(value, column);
  const exact = anyOf(compareSql(op, value, column));
  if (op !== '=') return exact;
  // An index finds these; the comparison behind it decides.
  const candidates = [value, conditionNumber(value), conditionBytes(value)].filter(
    (candidate) => candidate !== null,
  );
  return {
    sql: `(${column} IN (${candidates.map(() => '?').join(', ')}) AND ${exact.sql})`,
    params: [...candidates, ...exact.params],
  };
}

/** The same of a list of values: true where the column reads, as text, as one of them. */
export function amongSql({ values }: Pick<Among, 'values'>, column: string): SqlPiece {
  const texts = [...values].map((value) => JSON.stringify(value));
  const numbers = [...values].flatMap((value) => {
    const number = conditionNumber(value);
    // An integer reads as its digits alone: '05' is none.
    const isOne = typeof number === 'bigint' ? String(number) === value : Number.isFinite(number);
    return isOne ? String(number) : [];
  });
  const list = 'IN (SELECT value FROM temp.json_each(?))';
  // The column may compare texts in another way.
  return {
    sql: `(${column} ${list} AND (typeof(${column}) <> 'text' OR ${column} COLLATE BINARY ${list}))`,
    params: [`[${[...texts, ...numbers].join(',')}]`, `[${texts.join(',')}]`],
  };
}

function containsSql(value: string, column: string): SqlPiece {
  return {
    sql: `(typeof(${column}) = 'text' AND instr(lower(${column}), ?) > 0)`,
    params: [foldText(value)],
  };
}

function compareSql(op: Exclude<Condition['op'], '~'>, value: string, column: string): SqlPiece[] {
  const number = conditionNumber(value);
  const numeric = `typeof(${column}) IN ('integer', 'real')`;
  // `+` takes the column's affinity away, which would turn the condition's text into a number.
  const text = `(typeof(${column}) = 'text' AND +${column} ${op} ? COLLATE BINARY)`;
  const parts: SqlPiece[] = [{ sql: text, params: [value] }];
  if (number !== null) parts.push({ sql: `(${numeric} AND ${column} ${op} ?)`, params: [number] });
  else if (op === '!=') parts.push({ sql: numeric, params: [] });
  const bytes = conditionBytes(value);
  const blob = `typeof(${column}) = 'blob'`;
  if (bytes !== null) parts.push({ sql: `(${blob} AND ${column} ${op} ?)`, params: [bytes] });
  else if (op === '!=') parts.push({ sql: blob, params: [] });
  return parts;
}

function anyOf(parts: readonly SqlPiece[]): SqlPiece {
  return {
    sql: `(${parts.map(({ sql }) => sql).join(' OR ')})`,
    params: parts.flatMap(({ params }) => params),
  };
}
