import { sqlSwaps } from './sql.ts';
import type { Node } from './syntax.ts';

/** One change of a source: what stands in a place, and what shall stand there. */
export interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Operator = (node: Node, ancestors: readonly Node[], text: string) => readonly Edit[];

const BOUNDARY = new Map([
  ...[
    ['<', '<='],
    ['<=', '<'],
    ['>', '>='],
    ['>=', '>'],
  ],
  ...[
    ['===', '!=='],
    ['!==', '==='],
    ['==', '!='],
    ['!=', '=='],
  ],
] as [string, string][]);
const REVERSED = new Map([
  ['<', '>'],
  ['>', '<'],
]);
const ARITHMETIC = new Map([
  ...[
    ['+', '-'],
    ['-', '+'],
    ['*', '/'],
    ['/', '*'],
    ['%', '*'],
  ],
  ...[
    ['+=', '-='],
    ['-=', '+='],
    ['++', '--'],
    ['--', '++'],
  ],
] as [string, string][]);
const CALLS = new Map([
  ...[
    ['some', 'every'],
    ['every', 'some'],
    ['min', 'max'],
    ['max', 'min'],
  ],
  ...[
    ['startsWith', 'endsWith'],
    ['endsWith', 'startsWith'],
    ['floor', 'ceil'],
    ['ceil', 'floor'],
  ],
] as [string, string][]);
const LARGEST_NUMBER = 100;
const REMOVED = new Set([
  'CallExpression',
  'AwaitExpression',
  'AssignmentExpression',
  'UpdateExpression',
  'YieldExpression',
]);

/** Every operator that applies to a node. */
export const OPERATORS: readonly Operator[] = [
  conditions,
  comparisons,
  logic,
  statements,
  bodies,
  jumps,
  arithmetic,
  literals,
  elements,
  calls,
  sql,
];

function conditions(node: Node, _: readonly Node[], text: string): Edit[] {
  const { test } = node;
  const asked = [
    'IfStatement',
    'ConditionalExpression',
    'WhileStatement',
    'DoWhileStatement',
    'ForStatement',
  ];
  if (!asked.includes(node.type) || !test) return [];
  const negated = edit('condition negated', test, `!(${sourceOf(test, text)})`);
  const guard = node.type === 'IfStatement' && !node.alternate;
  return guard ? [negated, edit('guard removed', test, 'false')] : [negated];
}

function comparisons(node: Node, ancestors: readonly Node[], text: string): Edit[] {
  if (node.type !== 'BinaryExpression') return [];
  // Between the items of a list that is sorted, the bound itself is of no interest.
  const order = ancestors.some(
    ({ type, callee }) => type === 'CallExpression' && isSort(callee.property?.name),
  );
  return swapped('comparison', order ? REVERSED : BOUNDARY, node, text);
}

function logic(node: Node, _: readonly Node[], text: string): Edit[] {
  if (node.type === 'LogicalExpression') {
    if (node.operator === '??') return [edit('?? removed', node, `(${sourceOf(node.left, text)})`)];
    const other = node.operator === '&&' ? '||' : '&&';
    // Where the operators meet unlike ones, their sides need brackets.
    const both = `((${sourceOf(node.left, text)}) ${other} (${sourceOf(node.right, text)}))`;
    return [edit('and/or', node, both)];
  }
  if (node.type === 'UnaryExpression' && node.operator === '!')
    return [edit('not removed', node, sourceOf(node.argument, text))];
  if (node.type === 'MemberExpression' && node.optional && !node.computed)
    return [{ ...edit('?. removed', node, '.'), ...between(node.object, node.property) }];
  return [];
}

function statements(node: Node, _: readonly Node[], text: string): Edit[] {
  if (node.type !== 'ExpressionStatement') return [];
  const { expression } = node;
  if (!REMOVED.has(expression.type)) return [];
  const removed = edit('statement removed', node, ';');
  if (expression.type !== 'AwaitExpression') return [removed];
  return [removed, edit('await removed', expression, sourceOf(expression.argument, text))];
}

function bodies(node: Node): Edit[] {
  const body = node.body;
  if (body?.type !== 'BlockStatement' || body.body.length < 2) return [];
  const type = node.returnType?.typeAnnotation;
  const isVoid = (of: Node | undefined): boolean => of?.type === 'TSVoidKeyword';
  const returnsNothing = isVoid(type) || isVoid(type?.typeArguments?.params[0]);
  if (!returnsNothing || type.typeName?.name === 'Iterable') return [];
  return [{ operator: 'early return', start: body.start + 1, end: body.start + 1, replacement: ' return;' }];
}

function jumps(node: Node): Edit[] {
  if (node.type === 'BreakStatement' && !node.label) return [edit('break removed', node, ';')];
  if (node.type === 'ContinueStatement' && !node.label)
    return [edit('continue removed', node, ';'), edit('continue to break', node, 'break;')];
  return [];
}

function arithmetic(node: Node, _: readonly Node[], text: string): Edit[] {
  const { type } = node;
  const operands =
    type === 'BinaryExpression' || type === 'AssignmentExpression' ? [node.left, node.right] : [];
  if (operands.some((side: Node) => isText(side))) return [];
  if (operands.length > 0 || type === 'UpdateExpression')
    return swapped('arithmetic', ARITHMETIC, node, text);
  return [];
}

function literals(node: Node, ancestors: readonly Node[]): Edit[] {
  if (node.type !== 'Literal') return [];
  const parent = ancestors.at(-1)!;
  if (parent.type === 'ImportExpression' || (parent.type === 'Property' && parent.key === node)) return [];
  const { value } = node;
  if (typeof value === 'boolean') return [edit('boolean', node, String(!value))];
  // A limit, a size or a magic number: nobody can tell it from its neighbour.
  if (Number(value) > LARGEST_NUMBER) return [];
  if (typeof value === 'number')
    return [
      edit('number + 1', node, String(value + 1)),
      ...(value > 0 ? [edit('number - 1', node, String(value - 1))] : []),
    ];
  if (typeof value === 'bigint') return [edit('number + 1', node, `${value + 1n}n`)];
  return typeof value === 'string' && /^[^\s]+$/.test(value) ? [edit('text emptied', node, "''")] : [];
}

function elements(node: Node, ancestors: readonly Node[]): Edit[] {
  if (node.type === 'ArrayExpression' && ancestors.at(-1)?.type !== 'TSAsExpression') {
    const picked = node.elements.length > 4 ? [node.elements[0], node.elements.at(-1)] : node.elements;
    return removals(
      'element removed',
      node.elements,
      picked.filter((element: Node | null) => element !== null && !isProse(element)),
      node,
    );
  }
  if (node.type !== 'ObjectExpression') return [];
  const members = node.properties as Node[];
  const plain = members.filter(
    (member) => !/^(message|hint|reason|operation|note)$/.test(member.key?.name ?? ''),
  );
  return removals('property removed', members, plain, node);
}

function calls(node: Node, ancestors: readonly Node[], text: string): Edit[] {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
  const { object, property } = node.callee;
  const name: string = property.name ?? '';
  const receiver = sourceOf(object, text);
  const inChain = ancestors.at(-1)?.type === 'ChainExpression';
  if (CALLS.has(name)) return [edit('call swapped', property, CALLS.get(name)!)];
  if (isSort(name)) {
    const unsorted = edit('sort removed', node, `${receiver}.slice()`);
    return [edit('sort reversed', node, `${sourceOf(node, text)}.reverse()`), unsorted];
  }
  if (name === 'reverse' || name === 'toReversed')
    return [edit('reverse removed', node, `${receiver}.slice()`)];
  if (name === 'filter' && !inChain) return [edit('filter removed', node, receiver)];
  return [];
}

function sql(node: Node): Edit[] {
  const isString = node.type === 'Literal' && typeof node.value === 'string';
  if (!isString && node.type !== 'TemplateElement') return [];
  const raw: string = node.type === 'Literal' ? node.raw : node.value.raw;
  // A template element's range holds its delimiters in some versions of the syntax tree, and not in others.
  const start =
    node.type === 'Literal' ? node.start : node.start + (node.end - node.start > raw.length ? 1 : 0);
  return sqlSwaps(raw).map((swap) => ({
    operator: 'SQL',
    start: start + swap.start,
    end: start + swap.end,
    replacement: swap.replacement,
  }));
}

/** The operator between two sides, or before or behind one, exchanged. */
function swapped(operator: string, swaps: Map<string, string>, node: Node, text: string): Edit[] {
  const other = swaps.get(node.operator);
  if (other === undefined) return [];
  const place = node.left ? between(node.left, node.right) : node;
  const at = text.indexOf(node.operator, place.start);
  return [{ operator, start: at, end: at + node.operator.length, replacement: other }];
}

/** Members of a list taken out, each with the comma behind it, or before it where it is the last. */
function removals(operator: string, all: readonly Node[], picked: readonly Node[], list: Node): Edit[] {
  return picked.map((member) => {
    const index = all.indexOf(member);
    const next = all[index + 1];
    const previous = all[index - 1];
    if (next) return { operator, start: member.start, end: next.start, replacement: '' };
    if (previous) return { operator, start: previous.end, end: member.end, replacement: '' };
    return { operator, start: list.start + 1, end: list.end - 1, replacement: '' };
  });
}

function isSort(name: string | undefined): boolean {
  return name === 'sort' || name === 'toSorted';
}

/** Several words that are no SQL: for people. */
function isProse(node: Node): boolean {
  return (
    node.type === 'Literal' && /\s/.test(String(node.value)) && sqlSwaps(String(node.value)).length === 0
  );
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}

function between(left: Node, right: Node): { start: number; end: number } {
  return { start: left.end, end: right.start };
}

function edit(operator: string, { start, end }: Node, replacement: string): Edit {
  return { operator, start, end, replacement };
}

function sourceOf({ start, end }: Node, text: string): string {
  return text.slice(start, end);
}
