import { FirnError } from '../model/errors.ts';

/** Folder of unpublished files, at the archive's root: never listed, only swept. */
export const TEMPORARY = '.tmp';

/** The lock of the one run at a time, at the archive's root: no file of the archive, and never listed. */
export const LOCK_FILE = '.firn-lock';

/** The path of the index of lookup keys. It may be deleted at any time: searches then open the files, and the next run writes it again. */
export const INDEX_FILE = 'lookup.index';

/** Folder of files that were moved out of the way. */
export const QUARANTINE = 'quarantine';

/** True when a file of this name can be addressed. Names that are not Unicode are read with U+FFFD in them. */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[\\/\0\ufffd]/.test(name);
}

/**
 * Throws `refused` unless the path is relative, has `/` between names that can be addressed, and stays inside the
 * archive and outside its temporary files.
 */
export function checkPath(path: string, operation: string): void {
  const names = path.split('/');
  if (names[0] !== TEMPORARY && names.every(isName)) return;
  throw new FirnError('refused', `${JSON.stringify(path)} is not a path inside the archive`, {
    operation,
    path,
  });
}

/** The folder a path is in, '' for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `folder/name`, where the root is ''. */
export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The folder and every folder it is in, outermost first, without the root. */
export function lineage(folder: string): readonly string[] {
  if (folder === '') return [];
  const names = folder.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
