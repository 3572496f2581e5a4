import { dirname, sep } from 'node:path';

/** What people read instead of long paths: each path below the folder that all have in common. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const folders = paths.map((path) => dirname(path).split(sep));
  const [first = []] = folders;
  const different = first.findIndex((part, at) => folders.some((other) => other[at] !== part));
  const common = different === -1 ? Math.min(...folders.map(({ length }) => length)) : different;
  return new Map(paths.map((path) => [path, path.split(sep).slice(common).join(sep)]));
}

const LONGEST = 40;

/** A name for a column of a table: a long one without its middle. */
export function columnName(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST / 2)}…${name.slice(1 - LONGEST / 2)}`;
}
