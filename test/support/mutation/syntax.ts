import { parseSync, visitorKeys } from 'oxc-parser';

/** A node of the syntax tree, as far as the operators look at it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // biome-ignore lint/suspicious/noExplicitAny: the members of a node depend on its type
  readonly [member: string]: any;
}

/** A node with those that it stands in, from the outermost to its parent. */
export type Visit = (node: Node, ancestors: readonly Node[]) => void;

/** Types whose code is there at run time; every other TS* node is erased. */
const KEPT = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

/** Names of properties whose value is text for people. */
const PROSE = new Set(['message', 'hint', 'reason', 'operation', 'note', 'description']);

/** Visits all code that runs, except what only makes errors and text for people. */
export function walk(text: string, visit: Visit): void {
  const { program, errors } = parseSync('source.ts', text);
  if (errors.length > 0) throw new Error(errors[0]!.message);
  descend(program as unknown as Node, [], visit);
}

function descend(node: Node, ancestors: readonly Node[], visit: Visit): void {
  if (isSkipped(node)) return;
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const key of visitorKeys[node.type] ?? []) {
    const members = ([] as (Node | null | undefined)[]).concat(node[key]);
    for (const member of members) if (member) descend(member, inner, visit);
  }
}

function isSkipped(node: Node): boolean {
  if (node.type.startsWith('TS')) return !KEPT.has(node.type);
  if (node.type === 'ImportDeclaration' || node.type === 'ThrowStatement') return true;
  if (node.type === 'Property') return node.key.type === 'Identifier' && PROSE.has(node.key.name);
  return node.type === 'NewExpression' && /Error$/.test(node.callee.name ?? '');
}
