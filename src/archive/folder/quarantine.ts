import { FirnError } from '../../model/errors.ts';
import { join, parentOf, QUARANTINE } from '../archive-path.ts';
import type { ArchiveStore } from '../archive-store.ts';
import { moveToFreeName } from './naming.ts';
import { type FolderTree, isNoFile, notFound } from './tree.ts';

/** `ArchiveStore.quarantine` of a folder. */
export async function moveToQuarantine(
  store: ArchiveStore,
  tree: FolderTree,
  path: string,
  note: string,
  operation: string,
): Promise<string> {
  if (path.startsWith(`${QUARANTINE}/`)) {
    throw new FirnError('refused', 'the file is already in quarantine', {
      operation,
      path: tree.absolute(path),
    });
  }
  for (let attempt = 1; ; attempt++) {
    const status = await tree.look(path, operation);
    if (status === null) throw notFound(tree, path, operation);
    if (status.kind !== 'file') throw isNoFile(tree, path, operation);
    const target = join(QUARANTINE, attempt === 1 ? path : `${path}.${attempt}`);
    if ((await tree.look(target, operation)) !== null) continue;
    // The note first: a file in quarantine always says why.
    if (!(await publishNote(store, `${target}.note.txt`, `${path}\n${note}\n`))) continue;
    if (!(await moveToFreeName(tree, path, target))) continue;
    await tree.tidy(parentOf(path));
    return target;
  }
}

/** False when the name is taken. */
async function publishNote(store: ArchiveStore, path: string, text: string): Promise<boolean> {
  const file = await store.create(path);
  try {
    await file.write(new TextEncoder().encode(text));
    await file.sync();
    await file.publish();
    return true;
  } catch (error) {
    if (error instanceof FirnError && error.code === 'refused') return false;
    throw error;
  } finally {
    await file.abandon();
  }
}
