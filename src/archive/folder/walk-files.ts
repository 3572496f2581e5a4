import { sizes } from '../../model/sizes.ts';
import { isName, join, LOCK_FILE, TEMPORARY } from '../archive-path.ts';
import type { StoredFile } from '../archive-store.ts';
import type { FolderEntry } from '../disk/file-system.ts';
import { ifPresent } from '../disk/if-present.ts';
import type { FolderTree } from './tree.ts';

/** What stands below a folder: files with their sizes, and the paths of what is neither file nor folder. */
export interface Walk {
  readonly files: StoredFile[];
  readonly strays: string[];
}

/** Names of temporary files and of claims on a name; anything else among them is not ours. */
const OURS = /^[0-9a-f]{32}\.(tmp|claim)$/;

/** The second is SQLite's, while the holder is being written. */
const LOCK_FILES = new Set([LOCK_FILE, `${LOCK_FILE}-journal`]);

/** At the root of a file system, closed to all but root; `fsck` uses it. */
const RECOVERED = 'lost+found';

/** Walks everything below the folder, in no order; temporary files of the store are left out. */
export async function walk(tree: FolderTree, folder: string): Promise<Walk> {
  const found: Walk = { files: [], strays: [] };
  const open = [folder];
  while (open.length > 0) {
    const batch = open.splice(-sizes.listedFolders);
    await Promise.all(batch.map((at) => visit(tree, at, open, found)));
  }
  return found;
}

async function visit(tree: FolderTree, folder: string, open: string[], found: Walk): Promise<void> {
  const files: string[] = [];
  for (const entry of await entries(tree, folder)) {
    const path = join(folder, entry.name);
    if (path === TEMPORARY) found.strays.push(...(await temporaries(tree)).foreign);
    else if (entry.kind === 'file' && LOCK_FILES.has(path)) continue;
    else if (entry.kind === 'folder' && path === RECOVERED) continue;
    else if (!isName(entry.name)) found.strays.push(path);
    else if (entry.kind === 'folder') open.push(path);
    else if (entry.kind !== 'file') found.strays.push(path);
    else files.push(path);
  }
  found.files.push(...(await sized(tree, files)));
}

/** What stands in the folder of temporary files: those of the store, and what others put there. */
export async function temporaries(
  tree: FolderTree,
): Promise<{ readonly ours: string[]; readonly foreign: string[] }> {
  const ours: string[] = [];
  const foreign: string[] = [];
  const status = await tree.look(TEMPORARY, 'look for temporary files');
  if (status !== null && status.kind !== 'folder') return { ours, foreign: [TEMPORARY] };
  for (const entry of await entries(tree, TEMPORARY)) {
    const list = entry.kind === 'file' && OURS.test(entry.name) ? ours : foreign;
    list.push(join(TEMPORARY, entry.name));
  }
  return { ours: ours.sort(), foreign };
}

/** Folders of the store's own making that hold nothing: a process removed their last file and died before it removed them. */
export async function emptyFolders(tree: FolderTree): Promise<string[]> {
  const empty: string[] = [];
  for (const [tier, own] of [
    ['warm', /^\d{4}-\d\d-\d\d$/],
    ['cold', /^\d{4}$/],
  ] as const) {
    if ((await tree.look(tier, 'look for empty folders'))?.kind !== 'folder') continue;
    for (const { name, kind } of await entries(tree, tier)) {
      const folder = join(tier, name);
      if (kind === 'folder' && own.test(name) && (await entries(tree, folder)).length === 0)
        empty.push(folder);
    }
  }
  return empty;
}

async function entries(tree: FolderTree, folder: string): Promise<readonly FolderEntry[]> {
  // Others may remove a file or folder while it is being listed.
  return (await ifPresent(() => tree.fs.readdir(tree.absolute(folder)))) ?? [];
}

async function sized(tree: FolderTree, paths: readonly string[]): Promise<Walk['files']> {
  if (paths.length === 0) return [];
  const looked = await tree.fs.lstatAll(paths.map((path) => tree.absolute(path)));
  return paths.flatMap((path, at) => {
    const status = looked[at]!;
    // Others may remove a file, or put something else in its place, while it is being listed.
    if (status?.kind !== 'file') return [];
    const { bytes, modifiedMs } = status;
    return [{ path, bytes, ...(modifiedMs === undefined ? {} : { modifiedMs }) }];
  });
}
