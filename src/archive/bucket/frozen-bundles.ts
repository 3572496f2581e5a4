import { ifThere, isUnreadableFile } from '../../model/errors.ts';
import { type ArchiveStore, FrozenFile } from '../archive-store.ts';
import { type BundleFile, bundleFiles } from '../listed-files.ts';
import { mayBeFrozen } from './storage-classes.ts';

/** The paths of bundles that are there and cannot be read before they are thawed. Only those are opened whose storage class tells that it may be so. */
export async function frozenBundles(
  archive: ArchiveStore,
  listed?: readonly BundleFile[],
): Promise<ReadonlySet<string>> {
  const frozen = new Set<string>();
  // Files of a folder are in no storage class.
  if (archive.capabilities.localPath('cold') !== null) return frozen;
  for (const { path, storageClass } of listed ?? (await bundleFiles(archive))) {
    if (storageClass === undefined || !mayBeFrozen(storageClass)) continue;
    try {
      await using _ = await ifThere(archive.open(path));
    } catch (error) {
      if (error instanceof FrozenFile) frozen.add(path);
      // What else is wrong with it is for those who read it to find out.
      else if (!isUnreadableFile(error)) throw error;
    }
  }
  return frozen;
}
