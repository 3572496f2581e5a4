import { columnReader } from '../../../format/line/line-columns.ts';
import type { Reference } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { parameterFor } from '../connection/invalid-text.ts';
import { quoteName } from '../connection/quote.ts';
import { statementCache } from '../connection/statement-cache.ts';

/** Tells whether the row that a line refers to is missing. A line with a NULL in the key refers to none. */
export function parentlessCheck(connection: Connection, tie: Reference): (line: Uint8Array) => boolean {
  const read = columnReader(tie.columns, tie.table);
  const prepared = statementCache(connection.db);
  return (line) => {
    const values = read(line);
    if (values.some((value) => value === undefined || value === null)) return false;
    const given = values.map((value) => parameterFor(connection, value!));
    // What no row of this database can hold, none has.
    if (given.includes(null)) return true;
    const same = tie.parentColumns.map((name, at) => `${quoteName(name)} = ${given[at]!.mark}`).join(' AND ');
    const find = prepared(`SELECT 1 FROM main.${quoteName(tie.parent)} WHERE ${same}`);
    return find.get(...given.map((parameter) => parameter!.param)) === undefined;
  };
}
