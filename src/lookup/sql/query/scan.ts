import { everyNode, type Node } from './syntax-tree.ts';

/** A query whose rows come in the order in which its table is read. */
export interface Scan {
  /** The columns that its conditions use. All others are only given out. */
  readonly conditions: readonly string[];
}

/** Functions that give the same answer each time, beside operators. */
const FUNCTIONS = new Set([
  'lower',
  'upper',
  'length',
  'starts_with',
  'contains',
  'like_escape',
  'regexp_matches',
]);

/** Null for every query but `SELECT` of plain columns of one table, with conditions and a limit or without. */
export function scanOf(tree: unknown): Scan | null {
  const { node } = (tree as { statements: [{ node: Node }] }).statements[0];
  const from = node.from_table as Node | null;
  const isPlain =
    node.type === 'SELECT_NODE' &&
    from?.type === 'BASE_TABLE' &&
    isEmpty(from.column_name_alias) &&
    isEmpty((node.cte_map as Node).map) &&
    isEmpty(node.group_expressions) &&
    [from.sample, node.sample, node.having, node.qualify].every((part) => part === null) &&
    (node.modifiers as Node[]).every(isConstantLimit) &&
    (node.select_list as Node[]).every(isPlainColumn);
  if (!isPlain) return null;
  const conditions = [...everyNode(node.where_clause)];
  if (!conditions.every(isRepeatable)) return null;
  return {
    conditions: conditions.flatMap(({ class: kind, column_names: names }) =>
      kind === 'COLUMN_REF' ? [String((names as unknown[]).at(-1))] : [],
    ),
  };
}

function isPlainColumn(item: Node): boolean {
  return (
    item.class === 'COLUMN_REF' || (item.class === 'STAR' && item.expr === null && isEmpty(item.replace_list))
  );
}

function isConstantLimit({ type, limit, offset }: Node): boolean {
  return (
    type === 'LIMIT_MODIFIER' &&
    [limit, offset].every((count) => count === null || (count as Node | undefined)?.class === 'CONSTANT')
  );
}

/** Whether a part of a condition is no subquery, and comes to the same for the same row. */
function isRepeatable({ class: kind, is_operator: isOperator, function_name: name }: Node): boolean {
  if (kind === 'SUBQUERY') return false;
  return kind !== 'FUNCTION' || isOperator === true || FUNCTIONS.has(String(name));
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
