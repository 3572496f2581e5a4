import { foldWord } from '../../../model/names.ts';
import { everyNode, type Node } from './syntax-tree.ts';

/** Parts of a statement that may use columns without naming them. */
function usesAll(node: Node): boolean {
  return (
    node.class === 'STAR' ||
    node.class === 'POSITIONAL_REFERENCE' ||
    node.ref_type === 'NATURAL' ||
    /^(PIVOT|SHOW_REF|TABLE_FUNCTION|COLUMN_DATA)$/.test(String(node.type)) ||
    (node.type === 'BASE_TABLE' && (node.column_name_alias as unknown[]).length > 0)
  );
}

/**
 * The folded names of all columns that a statement uses, of whatever table; null when it may use any: `*`, a whole row, columns that are renamed.
 */
export function neededColumns(tree: unknown): ReadonlySet<string> | null {
  const names = new Set<string>();
  const tables = new Set<string>();
  for (const node of everyNode(tree)) {
    if (usesAll(node)) return null;
    for (const list of [node.column_names, node.using_columns])
      if (Array.isArray(list)) for (const name of list) names.add(foldWord(String(name)));
    // What stands in a FROM has no class.
    if (node.class === undefined)
      for (const name of [node.table_name, node.alias])
        if (typeof name === 'string') tables.add(foldWord(name));
  }
  // A name of a table alone is the whole row.
  return isRow(tree, tables) ? null : names;
}

function isRow(tree: unknown, tables: ReadonlySet<string>): boolean {
  for (const { class: kind, column_names: names } of everyNode(tree))
    if (
      kind === 'COLUMN_REF' &&
      Array.isArray(names) &&
      names.length === 1 &&
      tables.has(foldWord(String(names[0])))
    )
      return true;
  return false;
}
