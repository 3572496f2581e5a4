import { type Condition, conditionNumber } from '../../../model/filter.ts';
import { foldWord, sameWord } from '../../../model/names.ts';
import { neededColumns } from './needed-columns.ts';
import { everyNode, type Node } from './syntax-tree.ts';
import type { Bound } from './time-bounds.ts';

/** What a statement asks of one table, as far as it can be used to read less. It holds of every row of the answer. */
export interface Pushdown {
  /** Text equalities. */
  readonly where: readonly Condition[];
  /** One column's list of texts. */
  readonly among: { readonly column: string; readonly values: ReadonlySet<string> } | null;
  /** All that the statement uses, of this table or another; null when it may use any. */
  readonly columns: readonly string[] | null;
  /** Bounds of columns: `start_time >= '2026-03-01'`. */
  readonly bounds: readonly Bound[];
}

const NOTHING: Omit<Pushdown, 'columns'> = { where: [], among: null, bounds: [] };

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
 * stands alone in its FROM or in a plain join, and its WHERE is a list of ANDs. Everything else is left to DuckDB, which applies the whole WHERE
 * anyway. No condition that is pushed down is satisfied by NULL, so none lets an outer join find a row that it would not have found.
 */
export function pushdownOf(tree: unknown, table: string): Pushdown {
  const needed = neededColumns(tree);
  return { ...conditionsOf(tree, table), columns: needed === null ? null : [...needed] };
}

function conditionsOf(tree: unknown, table: string): Omit<Pushdown, 'columns'> {
  const nodes = [...everyNode(tree)];
  const uses = nodes.filter((node) => node.type === 'BASE_TABLE' && sameWord(String(node.table_name), table));
  const isShadowed = nodes.some(
    (node) =>
      Array.isArray(node.map) && node.map.some((entry) => sameWord(String((entry as Node).key), table)),
  );
  const [use] = uses;
  if (use === undefined || uses.length !== 1 || isShadowed) return NOTHING;
  const select = nodes.find((node) => node.type === 'SELECT_NODE' && isPlainlyIn(node.from_table, use));
  if (select === undefined || select.sample !== null) return NOTHING;
  // Columns may have other names there.
  if (use.sample !== null || (use.column_name_alias as unknown[]).length > 0) return NOTHING;
  const names: Names = { table: String(use.alias || use.table_name), alone: select.from_table === use };
  const terms = conjuncts(select.where_clause);
  const compared = terms.flatMap((term) => comparisons(term, names));
  return {
    where: compared.flatMap(({ column, op, value }) =>
      op === '=' && isPlainText(value) ? [{ column, op, value }] : [],
    ),
    among: terms.map((term) => inList(term, names)).find((list) => list !== null) ?? null,
    bounds: compared.flatMap(({ column, op, value }) =>
      op === '='
        ? (['>=', '<='] as const).map((edge) => ({ column, op: edge, value }))
        : [{ column, op, value }],
    ),
  };
}

/** Whether a FROM is the table, or joins it in a way that looks at each of its rows by itself: not as an ASOF or a positional join does. */
function isPlainlyIn(from: unknown, use: Node): boolean {
  const node = from as Node | null;
  if (node === use) return true;
  return (
    node?.type === 'JOIN' &&
    node.sample === null &&
    (node.join_type === 'INNER' || node.join_type === 'LEFT') &&
    (node.ref_type === 'REGULAR' || node.ref_type === 'CROSS') &&
    (isPlainlyIn(node.left, use) || isPlainlyIn(node.right, use))
  );
}

function conjuncts(clause: unknown): Node[] {
  if (typeof clause !== 'object' || clause === null) return [];
  const node = clause as Node;
  return node.type === 'CONJUNCTION_AND' ? (node.children as unknown[]).flatMap(conjuncts) : [node];
}

/** What the columns of the table are called: bare only where it stands alone. */
interface Names {
  readonly table: string;
  readonly alone: boolean;
}

interface Comparison {
  readonly column: string;
  readonly op: '=' | Bound['op'];
  readonly value: string | number;
}

const OPERATORS: Readonly<Record<string, readonly [op: Comparison['op'], turned: Comparison['op']]>> = {
  COMPARE_EQUAL: ['=', '='],
  COMPARE_LESSTHAN: ['<', '>'],
  COMPARE_LESSTHANOREQUALTO: ['<=', '>='],
  COMPARE_GREATERTHAN: ['>', '<'],
  COMPARE_GREATERTHANOREQUALTO: ['>=', '<='],
};

function comparisons(node: Node, names: Names): Comparison[] {
  if (node.type === 'COMPARE_BETWEEN')
    return [
      ...compared(node.input, '>=', node.lower, names),
      ...compared(node.input, '<=', node.upper, names),
    ];
  if (node.class === 'FUNCTION') return beginning(node, names);
  const [op, turned] = (node.class === 'COMPARISON' && OPERATORS[String(node.type)]) || [];
  if (op === undefined) return [];
  const plain = compared(node.left, op, node.right, names);
  return plain.length > 0 ? plain : compared(node.right, turned!, node.left, names);
}

function compared(left: unknown, op: Comparison['op'], right: unknown, names: Names): Comparison[] {
  const column = columnOf(left, names);
  const value = textOf(right) ?? numberOf(right);
  return column === null || value === null ? [] : [{ column, op, value }];
}

/** `LIKE '2026-07%'` and `starts_with`: texts from that one to the last that begins so. */
function beginning({ function_name: name, children }: Node, names: Names): Comparison[] {
  if (!Array.isArray(children) || children.length !== 2) return [];
  const pattern = textOf(children[1]);
  const isLike = name === '~~';
  if (pattern === null || !(isLike || name === 'starts_with' || name === '^@')) return [];
  const [text] = isLike ? /^[^%_\\]*/.exec(pattern)! : [pattern];
  const column = columnOf(children[0], names);
  if (column === null || text === '') return [];
  return [
    { column, op: '>=', value: text },
    { column, op: '<=', value: `${text}\u{10ffff}` },
  ];
}

function inList(node: Node, names: Names): Pushdown['among'] {
  if (node.class !== 'OPERATOR' || node.type !== 'COMPARE_IN' || !Array.isArray(node.children)) return null;
  const [first, ...rest] = node.children;
  const column = columnOf(first, names);
  const values = rest.map(textOf);
  if (column === null || values.length === 0 || !values.every(isPlainText)) return null;
  return { column, values: new Set(values) };
}

/** Whether a text is equal to no text that DuckDB gets for a number or bytes. */
function isPlainText(value: string | number | null): value is string {
  return typeof value === 'string' && conditionNumber(value) === null && !/^(-?Infinity$|\\x)/.test(value);
}

function columnOf(value: unknown, { table, alone }: Names): string | null {
  const node = value as Node;
  if (node?.class !== 'COLUMN_REF' || !Array.isArray(node.column_names)) return null;
  const names = node.column_names.map(String);
  if (names.length === 1) return alone ? names[0]! : null;
  return names.length === 2 && sameWord(table, names[0]!) ? names[1]! : null;
}

function textOf(value: unknown): string | null {
  const constant = constantOf(value);
  return (constant?.type as Node)?.id === 'VARCHAR' ? String(constant!.value) : null;
}

/** Not of a DECIMAL, whose value is another. */
function numberOf(value: unknown): number | null {
  const constant = constantOf(value);
  const isNumber = /^((TINY|SMALL|BIG)INT|INTEGER|DOUBLE)$/.test(String((constant?.type as Node)?.id));
  return isNumber && typeof constant!.value === 'number' ? constant!.value : null;
}

function constantOf(value: unknown): Node | null {
  const constant = (value as Node)?.class === 'CONSTANT' ? ((value as Node).value as Node) : null;
  return constant?.is_null === false ? constant : null;
}
