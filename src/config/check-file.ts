import * as v from 'valibot';
import { nearestName } from '../model/names.ts';
import { type FileSettings, fileSchema } from './file-schema.ts';
import { configError, type YamlFile } from './yaml-file.ts';

type Keys = readonly (string | number)[];

/**
 * Checks a file's content to the last key.
 * @throws FirnError `config` with a line for everything wrong, each with its place and, for a key, the nearest right one.
 */
export function checkFile(file: YamlFile): FileSettings {
  const value = withMaps(file.value);
  const lists = listsForMappings(fileSchema, value, []);
  if (lists.length > 0) {
    throw configError(
      file.path,
      lists.map((keys) => `${file.place(keys)}: ${named(keys, `must be ${EXPECTED.Object}, found a list`)}`),
    );
  }
  const { output, issues, success } = v.safeParse(fileSchema, value, { abortPipeEarly: true });
  if (success) return output;
  throw configError(
    file.path,
    issues.map((issue) => `${file.place(keysOf(issue))}: ${explain(issue)}`),
  );
}

/** Mappings as objects, but `tables` and `groups` stay Maps, which take every name and keep the order; an empty file is no settings. */
function withMaps(value: unknown): unknown {
  if (value === null) return {};
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    [...value].map(([key, part]) => {
      const named = (key === 'tables' || key === 'groups') && part instanceof Map;
      return [
        key,
        named ? new Map([...part].map(([name, inside]) => [name, asObject(inside)])) : asObject(part),
      ];
    }),
  );
}

function asObject(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asObject);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, part]) => [key, asObject(part)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOf(issue: v.BaseIssue<unknown>): Keys {
  return (issue.path ?? []).map(({ key }) => key as string | number);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const keys = keysOf(issue);
  const key = keys.at(-1);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = keysAt(fileSchema, keys.slice(0, -1));
    const nearest = nearestName(String(key), known);
    return `unknown key \`${key}\`${nearest === null ? `. Valid keys: ${known.join(', ')}` : `. Did you mean \`${nearest}\`?`}`;
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return named(keys, 'is missing');
  const message = issue.message.startsWith('Invalid')
    ? `must be ${EXPECTED[issue.expected ?? ''] ?? issue.expected}, found ${FOUND[issue.received] ?? issue.received}`
    : issue.message;
  return named(keys, message);
}

function named(keys: Keys, message: string): string {
  return keys.length === 0 ? `the file ${message}` : `\`${keys.join('.')}\`: ${message}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  Object: 'a mapping of keys to values',
  Map: 'a mapping of names to values',
  Array: 'a list',
  string: 'a string',
  number: 'a number',
};

const FOUND: Readonly<Record<string, string>> = {
  Object: 'a mapping',
  Map: 'a mapping',
  Array: 'a list',
  null: 'nothing',
};

interface Inside {
  readonly entries?: Readonly<Record<string, Inside>>;
  readonly wrapped?: Inside;
  readonly value?: Inside;
  /** Of a schema that depends on the value: that of a mapping. */
  readonly getter?: (value: unknown) => Inside;
}

/** Lists that stand where a mapping belongs: to a schema of an object they are objects too. */
function listsForMappings(schema: unknown, value: unknown, path: Keys): Keys[] {
  const { entries, value: element } = unwrap(schema as Inside) ?? {};
  if (entries !== undefined && Array.isArray(value)) return [path];
  const parts = value instanceof Map ? [...value] : isRecord(value) ? Object.entries(value) : [];
  return parts.flatMap(([key, part]) => {
    const inside =
      element ?? (entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined);
    return inside === undefined ? [] : listsForMappings(inside, part, [...path, key]);
  });
}

/** The keys that the schema knows where a path leads. */
function keysAt(schema: unknown, path: Keys): string[] {
  let inside = unwrap(schema as Inside);
  for (const key of path) inside = unwrap(inside?.entries?.[key] ?? inside?.value);
  return Object.keys(inside?.entries ?? {});
}

function unwrap(schema: Inside | undefined): Inside | undefined {
  const inside = schema?.wrapped ?? schema?.getter?.({});
  return inside === undefined ? schema : unwrap(inside);
}
