import { type Dirent, readdirSync } from 'node:fs';
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
 * @param skip a folder that is not looked into.
 */
export function expandPattern(pattern: string, skip: string | null): Expanded {
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
    if (folder === skip) return;
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
      for (const next of matching?.map((one) => one.name) ?? [name]) walk(join(folder, next), rest);
    } else {
      const files = (matching ?? list(folder).filter((one) => one.name === name)).filter(
        (one) => !one.isDirectory(),
      );
      for (const one of files) paths.add(join(folder, one.name));
    }
  };
  walk(root, pattern.slice(root.length).split(sep).filter(Boolean));
  return { paths: [...paths], unread };
}
