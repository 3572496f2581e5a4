import { type Day, endOfDay, startOfDay } from '../../model/instant.ts';
import type { Policy } from '../../model/policy.ts';
import { countWindow, windowsOf } from './age-counts.ts';
import { ageIndex } from './age-index.ts';
import type { Connection } from './connection.ts';
import { columnNamed } from './due-keys.ts';
import type { Table } from './table.ts';

/** See `HotStats.perDay`. */
export function rowsPerDay(
  connection: Connection,
  table: Table,
  policy: Policy,
  days: readonly Day[],
): readonly number[] | null {
  const name = columnNamed(table, policy.timeColumn);
  const index = table.access.kind === 'key' ? null : ageIndex(connection, table, name);
  if (index === null) return null;
  const age = { column: table.column(name), textual: table.textual.has(name), index };
  return days.map((day) => {
    const windows = windowsOf(startOfDay(day), endOfDay(day) + 1, age.textual);
    return windows.reduce((sum, window) => sum + countWindow(connection, table, age, window), 0);
  });
}
