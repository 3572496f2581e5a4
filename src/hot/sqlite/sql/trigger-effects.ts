import {
  ALLOW_TRIGGERS,
  type SideEffects,
  type TriggerWrite,
  writesInWords,
} from '../../../model/database/side-effects.ts';
import { FirnError } from '../../../model/errors.ts';
import { type Connection, explainStatement } from '../connection/connection.ts';
import { hasKeyword } from '../connection/sql-words.ts';
import { isSqliteError } from '../connection/sqlite-error.ts';
import type { Table } from './sqlite-table.ts';

const TRIGGER = /^-- TRIGGER (.*)$/s;
/** Columns of EXPLAIN that are read: the program of each trigger begins with `Init`, which names it. */
interface Step {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: string | null;
}

/** Of `Halt`: a trigger's RAISE with ABORT, FAIL or ROLLBACK; and with IGNORE. */
const CONSTRAINT_TRIGGER = 1811;
const IGNORE = 4;

/**
 * What deleting a row does beside deleting it, as SQLite's own program for it says (EXPLAIN), triggers of triggers included. Nothing is executed.
 * Triggers that only maintain virtual tables (`VUpdate`), such as a full-text index, write nothing else. TEMP triggers of other connections cannot be seen.
 * @throws FirnError `refused` when SQLite cannot make the program: a trigger or an index needs what this connection does not have.
 */
export function sideEffectsOf(connection: Connection, table: Table): SideEffects {
  const writes = new Map<string, TriggerWrite>();
  const refusals = new Set<string>();
  let trigger: string | null = null;
  for (const { opcode, p1, p2, p3, p4 } of programOf(connection, table)) {
    if (opcode === 'Init') trigger = TRIGGER.exec(p4 ?? '')?.[1] ?? null;
    if (trigger === null) continue;
    if (opcode === 'Halt' && (p1 === CONSTRAINT_TRIGGER || (p1 === 0 && p2 === IGNORE)))
      refusals.add(trigger);
    // `Clear` empties a table, its root page is in p1.
    const written =
      opcode === 'OpenWrite'
        ? { root: p2, schema: p3 }
        : opcode === 'Clear'
          ? { root: p1, schema: p2 }
          : null;
    if (written === null) continue;
    const target = nameOf(connection, written.root, written.schema);
    writes.set(JSON.stringify([trigger, target]), { trigger, target });
  }
  return { writes: [...writes.values()], refusals: [...refusals] };
}

/** Throws `refused` when deleting rows of the table has side effects that nobody allowed; else returns what it has. */
export function requireNoSideEffects(connection: Connection, table: Table): SideEffects {
  const effects = sideEffectsOf(connection, table);
  const { writes } = effects;
  if (writes.length === 0 || connection.allowsTriggers?.(table.shape.table)) return effects;
  throw new FirnError('refused', writesInWords(writes), {
    operation: 'delete rows',
    path: table.shape.table,
    hint: ALLOW_TRIGGERS,
  });
}

/** Names of the triggers that deleting a row runs, for messages. */
export function deleteTriggers({ shape }: Table): string[] {
  return shape.ddl.flatMap((sql) => {
    const name =
      /^\s*CREATE\s+TRIGGER\s+(?:"((?:[^"]|"")*)"|\[([^\]]*)\]|`((?:[^`]|``)*)`|'((?:[^']|'')*)'|(\S+))/i.exec(
        sql,
      );
    return name !== null && hasKeyword(sql, 'DELETE')
      ? [name.slice(1).find((part) => part !== undefined)!]
      : [];
  });
}

function programOf(connection: Connection, table: Table): readonly Step[] {
  try {
    return explainStatement(connection, `DELETE FROM ${table.from} WHERE ?`) as unknown as Step[];
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    const triggers = deleteTriggers(table);
    const suspects = triggers.length === 0 ? '' : `; its triggers: ${triggers.join(', ')}`;
    throw new FirnError(
      'refused',
      `rows of ${table.shape.table} cannot be deleted: ${(error as Error).message}${suspects}`,
      {
        operation: 'delete rows',
        path: table.shape.table,
        hint: 'A trigger or an index of the table uses a function or a collation that only your application defines.',
        cause: error,
      },
    );
  }
}

/** The table that a root page belongs to. */
function nameOf({ db }: Connection, root: number, schema: number): string {
  const from = schema === 1 ? 'temp.sqlite_schema' : 'main.sqlite_schema';
  const found = db.prepare(`SELECT tbl_name AS name FROM ${from} WHERE rootpage = ?`).get(root) as
    | { name: string }
    | undefined;
  return found?.name ?? `page ${root}`;
}
