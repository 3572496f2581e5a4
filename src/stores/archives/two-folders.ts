import { sep } from 'node:path';
import { realOr } from '../../hot/own-path.ts';
import { FirnError } from '../../model/errors.ts';
import { type ArchivePlaces, archiveFolders } from '../../model/policy/archive-places.ts';

/** Throws `refused` where links lead the two tiers to one folder, or one of them into the other. */
export function requireTwoFolders(places: ArchivePlaces): void {
  const [warm, cold] = archiveFolders(places).map(realOr);
  if (warm === undefined || cold === undefined) return;
  const [shorter, longer] = warm.length < cold.length ? [warm, cold] : [cold, warm];
  if (shorter !== longer && !longer.startsWith(shorter + sep)) return;
  throw new FirnError('refused', `the tiers are in one folder: warm is ${warm}, cold is ${cold}`, {
    operation: 'open the archive',
    path: shorter,
    hint: 'Give each tier a folder of its own, neither inside the other. For one folder, write archives: PATH.',
  });
}
