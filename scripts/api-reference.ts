import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync, visitorKeys } from 'oxc-parser';

const SRC = join(import.meta.dirname, '..', 'src');

/** A name that the package exports, with its declaration. */
export interface ExportedName {
  readonly name: string;
  /** Relative to `src`. */
  readonly file: string;
  readonly kind: 'function' | 'class' | 'type' | 'constant';
  /** The text of its comment; empty when it has none. */
  readonly doc: string;
  /** Its declaration without bodies and private members. */
  readonly signature: string;
  readonly members: readonly Member[];
  /** Names of types in its declaration that its file declares or imports. */
  readonly uses: readonly string[];
}

/** A member of an interface. Overloads of a method are one. */
export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly signature: string;
  readonly isMethod: boolean;
}

// What is read of the syntax tree: its nodes are plain objects with a type and a range.
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // biome-ignore lint/suspicious/noExplicitAny: the parser's types are those of all of JavaScript
  readonly [key: string]: any;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly {
    readonly type: string;
    readonly value: string;
    readonly start: number;
    readonly end: number;
  }[];
}

const sources = new Map<string, Source>();

function sourceOf(path: string): Source {
  let source = sources.get(path);
  if (source === undefined) {
    const text = readFileSync(path, 'utf8');
    const { program, comments, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
    source = { path, text, body: program.body as unknown as Node[], comments };
    sources.set(path, source);
  }
  return source;
}

/** Every name that `src/index.ts` exports, in its order. */
export function exportedNames(): ExportedName[] {
  const index = sourceOf(join(SRC, 'index.ts'));
  return index.body.flatMap((node) =>
    node.type !== 'ExportNamedDeclaration' || node.source === null
      ? []
      : node.specifiers.map((one: Node) => described(one.exported.name, join(SRC, node.source.value))),
  );
}

function described(name: string, path: string): ExportedName {
  const source = sourceOf(path);
  const statement = source.body.find((node) => {
    const declaration = node.declaration;
    if (node.type !== 'ExportNamedDeclaration' || !declaration) return false;
    return (declaration.id ?? declaration.declarations?.[0]?.id)?.name === name;
  });
  if (statement === undefined) throw new Error(`${path} does not declare ${name}`);
  const { declaration } = statement;
  const members: readonly Node[] = declaration.type === 'TSInterfaceDeclaration' ? declaration.body.body : [];
  return {
    name,
    file: relative(SRC, path),
    kind: kindOf(declaration),
    doc: docBefore(source, statement.start),
    signature: signatureOf(source, statement, declaration),
    members: membersOf(source, members),
    uses: namesUsed(source, declaration),
  };
}

function kindOf({ type }: Node): ExportedName['kind'] {
  if (type === 'FunctionDeclaration') return 'function';
  if (type === 'ClassDeclaration') return 'class';
  return type === 'VariableDeclaration' ? 'constant' : 'type';
}

/** The comment that ends where a declaration begins, without its stars. */
function docBefore({ text, comments }: Source, start: number): string {
  const comment = comments.findLast(({ end }) => end <= start);
  if (comment === undefined || !comment.value.startsWith('*')) return '';
  if (text.slice(comment.end, start).trim() !== '') return '';
  return comment.value
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

function signatureOf(source: Source, statement: Node, declaration: Node): string {
  const { text } = source;
  if (declaration.type === 'FunctionDeclaration')
    return `${text
      .slice(declaration.start, declaration.body.start)
      .replace(/^async /, '')
      .trim()};`;
  if (declaration.type === 'VariableDeclaration') {
    const [{ id }] = declaration.declarations;
    return `${declaration.kind} ${text.slice(id.start, id.end)};`;
  }
  if (declaration.type !== 'ClassDeclaration') return text.slice(declaration.start, statement.end).trim();
  const isPublic = (member: Node): boolean => member.key?.type !== 'PrivateIdentifier' && !member.static;
  const shown = declaration.body.body.filter(isPublic).map((member: Node) => {
    const end = member.value?.body?.start ?? member.value?.start ?? member.end;
    const line = text
      .slice(member.start, end)
      .replace(/\s*=\s*$/, '')
      .trim();
    const doc = docBefore(source, member.start);
    return `${doc === '' ? '' : `  /** ${doc} */\n`}  ${line.replace(/^override /, '').replace(/;$/, '')};`;
  });
  return `${text.slice(declaration.start, declaration.body.start)}{\n${shown.join('\n')}\n}`;
}

function membersOf(source: Source, nodes: readonly Node[]): Member[] {
  const members = new Map<string, Member>();
  for (const node of nodes) {
    const name = source.text.slice(node.key.start, node.key.end);
    const signature = source.text.slice(node.start, node.end).trim();
    const before = members.get(name);
    members.set(name, {
      name,
      doc: before?.doc ?? docBefore(source, node.start),
      signature: before === undefined ? signature : `${before.signature}\n${signature}`,
      isMethod: node.type === 'TSMethodSignature',
    });
  }
  return [...members.values()];
}

/** Types named in a declaration that are neither JavaScript's own nor its parameters. */
function namesUsed(source: Source, declaration: Node): string[] {
  const own = new Set(
    source.body.flatMap((node) => {
      if (node.type === 'ImportDeclaration')
        return node.source.value.startsWith('.') ? node.specifiers.map((one: Node) => one.local.name) : [];
      const inner = node.declaration ?? node;
      return inner.id?.name ?? inner.declarations?.[0]?.id.name ?? [];
    }),
  );
  const found = new Set<string>();
  const visit = (node: Node | null | undefined): void => {
    if (node === null || node === undefined || node.type === 'BlockStatement') return;
    const named =
      node.type === 'TSTypeReference'
        ? node.typeName
        : node.type === 'TSInterfaceHeritage' || node.type === 'TSClassImplements'
          ? node.expression
          : node.type === 'TSTypeQuery'
            ? node.exprName
            : null;
    if (named?.type === 'Identifier' && own.has(named.name)) found.add(named.name);
    for (const key of visitorKeys[node.type] ?? []) {
      const child = node[key] as Node | readonly Node[] | null;
      for (const one of Array.isArray(child) ? child : [child]) visit(one as Node | null);
    }
  };
  visit(declaration);
  return [...found];
}

const SECTIONS: readonly (readonly [title: string, (one: ExportedName) => boolean])[] = [
  ['Functions', ({ kind }) => kind === 'function'],
  ['The facade', ({ file, name }) => file === 'library/calls/firn.ts' && name === 'Firn'],
  ['Errors and values', ({ kind }) => kind === 'class' || kind === 'constant'],
  ['Archive files', ({ file }) => /^library\/files\//.test(file)],
  ['Options', ({ file }) => /^library\/(options\/|calls\/firn)/.test(file)],
  ['Answers', ({ file, name }) => file.startsWith('library/') || /(Answer|Json)$/.test(name)],
  ['Further types', () => true],
];

/** docs/api.md: every exported name with its declaration and its comment. */
export function renderApiReference(): string {
  const all = exportedNames();
  const names = new Set(all.map(({ name }) => name));
  const sections = new Map<string, ExportedName[]>(SECTIONS.map(([title]) => [title, []]));
  for (const one of all) sections.get(SECTIONS.find(([, takes]) => takes(one))![0])!.push(one);
  const parts = [
    '# API reference',
    '<!-- Written by `npm run docs` from the sources; a test fails when it is not current. -->',
    'Every name that the package `firn-db` exports. How they are used is in [library.md](library.md).',
  ];
  for (const [title, exported] of sections) {
    if (exported.length === 0) continue;
    parts.push(`## ${title}`);
    for (const one of exported.sort((a, b) => (a.name < b.name ? -1 : 1))) parts.push(...entry(one, names));
  }
  return `${parts.join('\n\n')}\n`;
}

function entry(one: ExportedName, names: ReadonlySet<string>): string[] {
  const { name, doc, signature, members } = one;
  const head = [`### ${name}`, ...prose(doc)];
  const links = one.uses.filter((used) => used !== name && names.has(used)).sort();
  const see =
    links.length === 0 ? [] : [`See ${links.map((used) => `[${used}](#${anchor(used)})`).join(', ')}.`];
  if (members.filter(({ isMethod }) => isMethod).length < 8) return [...head, fenced(signature), ...see];
  return [...head, ...members.flatMap((member) => memberEntry(name, member)), ...see];
}

function memberEntry(owner: string, { name, doc, signature }: Member): string[] {
  return [`#### ${owner}.${name}`, ...prose(doc), fenced(signature.replace(/^ {2}/gm, ''))];
}

/** The paragraphs of a comment; its tags as sentences, its examples as code. */
function prose(doc: string): string[] {
  if (doc === '') return [];
  const [text = '', ...tags] = doc.split(/(?=@(?:param|throws|example)\b)/);
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => paragraph.replace(/\s*\n(?!- )\s*/g, ' ').replace(/(?<!\n- .*)\n- /, '\n\n- '));
  return [...paragraphs, ...tags.map(tagText)];
}

function tagText(tag: string): string {
  const [, word = '', rest = ''] = /^@(\w+)\s*([\s\S]*)$/.exec(tag) ?? [];
  if (word === 'example') return fenced(rest.trim());
  const words = rest.trim().replace(/\s*\n\s*/g, ' ');
  if (word === 'throws') return `Throws: ${words}`;
  return words.replace(/^(\S+) /, '`$1`: ');
}

function fenced(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

function anchor(name: string): string {
  return name.toLowerCase();
}

export const API_REFERENCE: string = join(dirname(SRC), 'docs', 'api.md');
