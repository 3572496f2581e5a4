import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join, matchesGlob, parse, sep } from 'node:path';

/** What a pattern matches. */
export interface Expanded {
  /** Absolute paths of files, or of what may be one. */
  readonly paths: readonly string[];
  /** Folders that could not be read, and why. */
  readonly unread: readonly { readonly folder: string; readonly message: string }[];
}

/** Whether a path has characters of a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

/**
 * The files that an absolute pattern matches: `*`, `?`, `[…]` and `{…}` within one name, and `**` for any folders. Unlike `glob` of
 * node:fs it follows links to folders (but not within `**`, which might not end) and tells which folders it could not read.
 * @param skip folders that are not looked into.
 */
export function expandPattern(pattern: string, skip: readonly string[]): Expanded {
  const { root } = parse(pattern);
  const paths = new Set<string>();
  const unread: { folder: string; message: string }[] = [];
  const list = (folder: string): Dirent[] => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // Not there, or no folder: it matches nothing.
      if (code !== 'ENOENT' && code !== 'ENOTDIR') unread.push({ folder, message });
      return [];
    }
  };
  const walk = (folder: string, names: readonly string[]): void => {
    if (skip.includes(folder)) return;
    const [name, ...rest] = names;
    if (name === undefined) return;
    if (name === '**') {
      walk(folder, rest);
      for (const one of list(folder))
        if (one.isDirectory() && !one.name.startsWith('.')) walk(join(folder, one.name), names);
      return;
    }
    const matching = isPattern(name) ? list(folder).filter((one) => matchesGlob(one.name, name)) : null;
    if (rest.length > 0) {
      const next = matching?.filter((one) => isReadable(folder, one)).map((one) => one.name) ?? [name];
      for (const one of next) walk(join(folder, one), rest);
      return;
    }
    const files = matching ?? list(folder).filter((one) => one.name === name);
    for (const one of files)
      if (!one.isDirectory() && isReadable(folder, one)) paths.add(join(folder, one.name));
  };
  /** Node.js reads what is not UTF-8 as U+FFFD, and finds nothing under that name. */
  function isReadable(folder: string, { name }: Dirent): boolean {
    const path = join(folder, name);
    if (!name.includes('\uFFFD') || existsSync(path)) return true;
    unread.push({ folder: path, message: 'the name is not valid UTF-8: rename it' });
    return false;
  }
  walk(root, pattern.slice(root.length).split(sep).filter(Boolean));
  return { paths: [...paths], unread };
}
