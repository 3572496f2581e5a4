import { parseSync, visitorKeys } from 'oxc-parser';

/** A text that a program prints, or a line of a document. */
export interface UserText {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  // biome-ignore lint/suspicious/noExplicitAny: the members of a node depend on its type
  readonly [member: string]: any;
}

/** The string literals and template parts of a TypeScript file: no comments, names, types or import paths. */
export function textsOfSource(source: string): UserText[] {
  const { program, errors } = parseSync('source.ts', source);
  if (errors.length > 0) throw new Error(errors[0]!.message);
  const found: UserText[] = [];
  const add = (start: number, text: string): void => {
    found.push({ line: source.slice(0, start).split('\n').length, text });
  };
  const visit = (node: Node): void => {
    if (/^(?:Import|ExportAll)|^TS(?!As|NonNull|Satisfies)/.test(node.type)) return;
    if (node.type === 'Literal' && typeof node.value === 'string') add(node.start, node.value);
    if (node.type === 'TemplateLiteral') add(node.start, templateText(node));
    for (const key of visitorKeys[node.type] ?? []) {
      const members = ([] as (Node | null | undefined)[]).concat(node[key]);
      for (const member of members) if (member) visit(member);
    }
  };
  visit(program as unknown as Node);
  return found;
}

/** The text around the values, each of which stands as `…`. */
function templateText(node: Node): string {
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
}

/** The lines of a document. */
export function textsOfDocument(text: string): UserText[] {
  return text.split('\n').map((line, at) => ({ line: at + 1, text: line }));
}
