import { type Condition, conditionNumber } from '../../model/filter.ts';
import { foldWord, sameWord } from '../../model/names.ts';

/** A node of the syntax tree that DuckDB's `json_serialize_sql` gives. */
type Node = Readonly<Record<string, unknown>>;

/** What a statement asks of one table, as far as it can be used to read less. It holds of every row of the answer. */
export interface Pushdown {
  /** Text equalities. */
  readonly where: readonly Condition[];
  /** One column's list of texts. */
  readonly among: { readonly column: string; readonly values: ReadonlySet<string> } | null;
  /** Lower bounds of columns as text: `start_time >= '2026-03-01'`. */
  readonly from: readonly { readonly column: string; readonly text: string }[];
}

const NOTHING: Pushdown = { where: [], among: null, from: [] };

/** Where an unqualified view can also be found by a qualified name: the views are temporary. */
const OWN_SCHEMAS = ['', 'main', 'temp'];

/** The names of all tables in a syntax tree, but for those of DuckDB's own schemas. */
export function tablesOf(tree: unknown): string[] {
  return [...everyNode(tree)]
    .filter((node) => node.type === 'BASE_TABLE' && OWN_SCHEMAS.includes(foldWord(String(node.schema_name))))
    .map((node) => String(node.table_name));
}

/**
 * What can be pushed down to a table. Only where that is beyond doubt: the table is named once in the whole statement,
 * stands alone in its FROM, and its WHERE is a list of ANDs. Everything else is left to DuckDB, which applies the whole WHERE anyway.
 */
export function pushdownOf(tree: unknown, table: string): Pushdown {
  const nodes = [...everyNode(tree)];
  const uses = nodes.filter((node) => node.type === 'BASE_TABLE' && sameWord(String(node.table_name), table));
  const isShadowed = nodes.some(
    (node) =>
      Array.isArray(node.map) && node.map.some((entry) => sameWord(String((entry as Node).key), table)),
  );
  const select = nodes.find((node) => node.type === 'SELECT_NODE' && node.from_table === uses[0]);
  if (uses.length !== 1 || isShadowed || select === undefined) return NOTHING;
  const [use] = uses as [Node];
  if (use.sample !== null || select.sample !== null) return NOTHING;
  const names = [String(use.alias || use.table_name)];
  const where: Condition[] = [];
  const from: { column: string; text: string }[] = [];
  let among: Pushdown['among'] = null;
  for (const term of conjuncts(select.where_clause)) {
    const list = inList(term, names);
    if (list !== null) among ??= list;
    const compared = comparison(term, names);
    if (compared === null) continue;
    const { column, operator, text } = compared;
    if (operator === 'COMPARE_EQUAL' && conditionNumber(text) === null)
      where.push({ column, op: '=', value: text });
    if (operator === 'COMPARE_GREATERTHAN' || operator === 'COMPARE_GREATERTHANOREQUALTO')
      from.push({ column, text });
  }
  return { where, among, from };
}

function* everyNode(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* everyNode(inner);
}

function conjuncts(clause: unknown): Node[] {
  if (typeof clause !== 'object' || clause === null) return [];
  const node = clause as Node;
  if (node.type === 'CONJUNCTION_AND') return (node.children as unknown[]).flatMap(conjuncts);
  if (node.type === 'COMPARE_BETWEEN') {
    return [
      { class: 'COMPARISON', type: 'COMPARE_GREATERTHANOREQUALTO', left: node.input, right: node.lower },
    ];
  }
  return [node];
}

function comparison(
  node: Node,
  tables: readonly string[],
): { readonly column: string; readonly operator: string; readonly text: string } | null {
  if (node.class !== 'COMPARISON') return null;
  const column = columnOf(node.left, tables);
  const text = textOf(node.right);
  return column === null || text === null ? null : { column, operator: String(node.type), text };
}

function inList(node: Node, tables: readonly string[]): Pushdown['among'] {
  if (node.class !== 'OPERATOR' || node.type !== 'COMPARE_IN' || !Array.isArray(node.children)) return null;
  const [first, ...rest] = node.children;
  const column = columnOf(first, tables);
  const values = rest.map(textOf);
  if (
    column === null ||
    values.length === 0 ||
    values.some((value) => value === null || conditionNumber(value) !== null)
  )
    return null;
  return { column, values: new Set(values as string[]) };
}

function columnOf(value: unknown, tables: readonly string[]): string | null {
  const node = value as Node;
  if (node?.class !== 'COLUMN_REF' || !Array.isArray(node.column_names)) return null;
  const names = node.column_names.map(String);
  if (names.length === 1) return names[0]!;
  return names.length === 2 && tables.some((table) => sameWord(table, names[0]!)) ? names[1]! : null;
}

function textOf(value: unknown): string | null {
  const constant = (value as Node)?.class === 'CONSTANT' ? ((value as Node).value as Node) : null;
  if (constant === null || (constant.type as Node)?.id !== 'VARCHAR' || constant.is_null !== false)
    return null;
  return String(constant.value);
}
