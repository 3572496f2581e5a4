import type { Row } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import { sameWord } from '../../model/names.ts';

/** A column that names a row of another table, or of its own, by its id. */
export interface Reference {
  readonly column: string;
  readonly table: string;
}

/** Columns of the observability tables whose names do not tell what they refer to. */
const KNOWN: readonly Reference[] = [
  { column: 'parent_tool_use_id', table: 'tool_uses' },
  { column: 'within_skill', table: 'skill_traces' },
  { column: 'chain_id', table: 'assertion_chains' },
  { column: 'first_failure_id', table: 'assertion_results' },
];

/** The nearest first: of several rows that a row refers to, this says which one it stands under. */
const PARENTS = ['parent_tool_use_id', 'within_skill', 'chain_id', 'transcript_entry_id'];

/** What a column refers to among these tables: `transcript_entry_id` to `transcript_entries`; null when it does not look like it. */
export function referenceOf(column: string, tables: readonly string[]): Reference | null {
  const known = KNOWN.find((reference) => sameWord(reference.column, column));
  const names = known === undefined ? pluralsOf(column) : [known.table];
  const table = tables.find((candidate) => names.some((name) => sameWord(name, candidate)));
  return table === undefined ? null : { column, table };
}

/** The ids of rows that a row refers to, the nearest parent first. */
export function referencesOf(
  row: Row,
  tables: readonly string[],
): { readonly table: string; readonly id: string; readonly isParent: boolean }[] {
  const columns = Object.keys(row);
  const parents = PARENTS.filter((parent) => columns.includes(parent));
  return [...parents, ...columns.filter((column) => !parents.includes(column))].flatMap((column) => {
    const reference = referenceOf(column, tables);
    const id = valueText(row[column] ?? null);
    if (reference === null || id === null || id === '') return [];
    return [{ table: reference.table, id, isParent: parents.includes(column) }];
  });
}

function pluralsOf(column: string): string[] {
  const match = /^(.+)_id$/i.exec(column);
  if (match === null) return [];
  const noun = match[1]!;
  return [noun, `${noun}s`, `${noun}es`, noun.replace(/y$/i, 'ies')];
}
