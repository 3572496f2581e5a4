import { createRequire } from 'node:module';
import type { Node, Pair } from 'yaml';
import { FirnError } from '../model/errors.ts';

/** Loaded when there is a file to read, because it takes 11 MB. */
const require = createRequire(import.meta.url);
const library = (): typeof import('yaml') => require('yaml');

/** A YAML file's content, and where in the text each part of it stands. */
export interface YamlFile {
  readonly path: string;
  /** Mappings are Maps, in the order of the file. */
  readonly value: unknown;
  /** `file:line:column` of the key or element that a path of keys and indexes leads to. */
  place(path: readonly (string | number)[]): string;
}

/**
 * Reads one YAML 1.2 document. Keys are strings and stand once in their mapping.
 * @throws FirnError `config` that names line and column of everything wrong.
 */
export function readYaml(path: string, text: string): YamlFile {
  const { LineCounter, parseDocument, visit, isScalar } = library();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const problems = document.errors.map(({ code, message, pos }) =>
    code === 'DUPLICATE_KEY'
      ? `${at(pos[0])}: \`${keyText(text, pos[0])}\` is set twice`
      : `${at(pos[0])}: ${message.split('\n')[0]!.replace(/ at line \d+, column \d+:$/, '')}`,
  );
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string') return;
      const offset = (key as Node | null)?.range?.[0] ?? 0;
      problems.push(`${at(offset)}: \`${keyText(text, offset)}\` is not a string. Put it in quotes.`);
    },
  });
  if (problems.length > 0) throw configError(path, problems);
  return {
    path,
    value: read(() => document.toJS({ mapAsMap: true }), path),
    place: (keys) => at(offsetOf(document.contents, keys)),
  };
}

/** One error for all that is wrong with a configuration, a line for each. */
export function configError(path: string, problems: readonly string[]): FirnError {
  return new FirnError('config', problems.join('\n'), {
    operation: 'read the configuration',
    path,
    hint: 'docs/configuration.md describes every key.',
  });
}

function read(toValue: () => unknown, path: string): unknown {
  try {
    return toValue();
  } catch (error) {
    throw configError(path, [`${path}: ${(error as Error).message}`]);
  }
}

/** Where the deepest part of the path that the document has begins. */
function offsetOf(root: unknown, keys: readonly (string | number)[]): number {
  const { isMap, isScalar, isSeq } = library();
  let node = root;
  let offset = (root as Node | null)?.range?.[0] ?? 0;
  for (const key of keys) {
    const pair = isMap(node)
      ? (node.items as Pair[]).find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const next = isSeq(node) ? node.items[Number(key)] : pair?.value;
    const start = ((pair?.key ?? next) as Node | null | undefined)?.range?.[0];
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return offset;
}

function keyText(text: string, offset: number): string {
  return text
    .slice(offset)
    .split(/:\s|\n/, 1)[0]!
    .replace(/:$/, '')
    .trim();
}
