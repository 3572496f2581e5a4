import { constants, DatabaseSync } from 'node:sqlite';
import { FirnError } from '../../../model/errors.ts';
import type { TableShape } from '../../../model/shape.ts';
import { quoteName } from '../connection/quote.ts';

/** Functions that read nothing but their arguments and give the same answer every time. */
const PURE = new Set(
  `abs ceil ceiling char coalesce concat concat_ws floor format glob hex if ifnull iif instr json json_array_length
  json_extract json_type json_valid length like lower ltrim nullif octet_length printf quote replace round rtrim sign
  substr substring trim trunc typeof unhex unicode upper -> ->>`.split(/\s+/),
);

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g;

/** The keys of a policy that are such conditions. */
export type ConditionKey = 'open_while' | 'hot_rules';

/**
 * A condition of a policy as SQL in parentheses, after making sure that it is an expression over the table's columns that only
 * reads: no other table, no subquery, no parameter, no function whose answer may change.
 * It is compiled against an empty copy of the table in memory, where nothing can be harmed.
 * @throws FirnError `config` naming the table and what is wrong with the expression.
 */
export function rowConditionSql(shape: TableShape, expression: string, key: ConditionKey): string {
  const refuse = (why: string): never => {
    throw new FirnError('config', `${key} of ${shape.table} ${why}: ${expression}`, {
      operation: `check ${key}`,
      path: shape.table,
      hint: "Write a condition over the table's columns, such as: status = 'running'",
    });
  };
  const bare = expression.replace(QUOTED, ' ');
  const stray = /;|--|\/\*|['"`[]|[?:@$#]/.exec(bare)?.[0];
  if (stray !== undefined) refuse(`may not contain ${stray}`);
  if (!isBalanced(bare)) refuse('has unbalanced parentheses');
  const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: false });
  try {
    const columns = [...shape.columns, ...(shape.generated ?? [])].map(
      ({ name, type }) => `${quoteName(name)} ${quoteName(type)}`,
    );
    db.exec(`CREATE TABLE ${quoteName(shape.table)} (${columns.join(', ')})`);
    let selects = 0;
    let denied: string | null = null;
    db.setAuthorizer((action, _first, second) => {
      if (action === constants.SQLITE_READ) return constants.SQLITE_OK;
      if (action === constants.SQLITE_SELECT && selects++ === 0) return constants.SQLITE_OK;
      if (action === constants.SQLITE_FUNCTION && PURE.has((second ?? '').toLowerCase()))
        return constants.SQLITE_OK;
      denied ??=
        action === constants.SQLITE_FUNCTION
          ? `may not call ${second}()`
          : 'may only read columns of its table';
      return constants.SQLITE_DENY;
    });
    try {
      db.prepare(`SELECT (${expression}) FROM ${quoteName(shape.table)} LIMIT 0`);
    } catch (error) {
      refuse(denied ?? `is not a valid expression over its columns (${(error as Error).message})`);
    }
  } finally {
    db.close();
  }
  return `(${expression})`;
}

/** True when no parenthesis closes that was not opened: the expression then cannot leave the parentheses around it. */
function isBalanced(bare: string): boolean {
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return false;
  }
  return depth === 0;
}
