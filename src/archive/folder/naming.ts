import { createHash } from 'node:crypto';
import { failedWith } from '../../model/system-error.ts';
import { parentOf, TEMPORARY } from '../archive-path.ts';
import type { FolderTree } from './tree.ts';

/**
 * Moves a file to a name that must be free, durably: when it returns true, the file has the new name and no longer the
 * old one. Returns false when the name is taken; nothing has changed then. The new name's folder must be there. The
 * entry under the old name is gone, but not yet durably so.
 */
export async function moveToFreeName(tree: FolderTree, from: string, to: string): Promise<boolean> {
  try {
    await tree.fs.link(tree.absolute(from), tree.absolute(to));
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false;
    if (failedWith(error, ...NO_LINKS)) return await moveUnderClaim(tree, from, to);
    throw error;
  }
  await tree.sync(parentOf(to));
  await tree.fs.unlink(tree.absolute(from));
  return true;
}

/** Codes of file systems that know no hard links (FAT, some network and container file systems). */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Rename overwrites, so the name is claimed first: of two publishers only one gets to look and rename. */
async function moveUnderClaim(tree: FolderTree, from: string, to: string): Promise<boolean> {
  const claim = `${TEMPORARY}/${createHash('sha256').update(to).digest('hex').slice(0, 32)}.claim`;
  try {
    await (await tree.fs.create(tree.absolute(claim))).close();
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    if ((await tree.look(to, 'publish a file')) !== null) return false;
    await tree.fs.rename(tree.absolute(from), tree.absolute(to));
    await tree.sync(parentOf(to));
    return true;
  } finally {
    await tree.fs.unlink(tree.absolute(claim));
  }
}
