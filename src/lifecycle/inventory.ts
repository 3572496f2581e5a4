import { QUARANTINE } from '../archive/archive-path.ts';
import type { ArchiveStore } from '../archive/archive-store.ts';
import { readErasureOrders } from '../archive/erasure-orders.ts';
import { IDENTITY_FILE } from '../archive/identity.ts';
import { LINEAGE_FILE } from '../archive/lineage.ts';
import { isRecordPath } from '../archive/records.ts';
import { type BundleReader, openBundle } from '../format/bundle-reader.ts';
import { parseBundlePath, parseSegmentName } from '../format/names.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { LedgerReader } from '../hot/ledger.ts';
import { inWords } from './blocked.ts';
import type { Bundled, Inventory, WarmFile } from './reconcile-plan.ts';
import { isUnreadable } from './unreadable.ts';

/** Looks at receipts, warm files and bundles. Reads names and sizes, footers of unknown files, and tables of contents. */
export async function takeInventory(ledger: LedgerReader, archive: ArchiveStore): Promise<Inventory> {
  const receipts = await ledger.receipts();
  const known = new Set(receipts.map(({ segment }) => segment));
  const warm: WarmFile[] = [];
  const bundles: string[] = [];
  const foreign: { path: string; why: string }[] = [];
  for (const { path, bytes } of await archive.list('')) {
    if (path.startsWith('warm/')) {
      const segment = path.slice('warm/'.length);
      if (known.has(segment)) warm.push({ segment, bytes, kind: 'known' });
      else warm.push(await lookAt(archive, path, segment, bytes));
    } else if (parseBundlePath(path) !== null) bundles.push(path);
    else if (path.startsWith('cold/')) foreign.push({ path, why: 'its name is not that of a bundle' });
    else if (!isOurs(path)) foreign.push({ path, why: 'Firn keeps nothing there' });
  }
  const { problems: records } = await readErasureOrders(archive);
  return { receipts, warm, foreign, records, ...(await lookIntoBundles(archive, bundles, known)) };
}

/** Whether the path is of what stands in an archive besides its tiers. */
function isOurs(path: string): boolean {
  return (
    path === IDENTITY_FILE || path === LINEAGE_FILE || path.startsWith(`${QUARANTINE}/`) || isRecordPath(path)
  );
}

async function lookAt(
  archive: ArchiveStore,
  path: string,
  segment: string,
  bytes: number,
): Promise<WarmFile> {
  const name = parseSegmentName(segment);
  if (name === null) return { segment, bytes, kind: 'foreign', why: 'its name is not that of a segment' };
  try {
    await using file = await archive.open(path);
    const { footer } = await openSegment(file, segment);
    const { table, day, part, compression } = name;
    if (
      footer.table !== table ||
      footer.day !== day ||
      footer.part !== part ||
      footer.compression !== compression
    ) {
      return { segment, bytes, kind: 'damaged', why: 'its footer gives it another name' };
    }
    return { segment, bytes, kind: 'sealed', footer };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    if (error.code === 'refused') return { segment, bytes, kind: 'later', why: inWords(error) };
    return { segment, bytes, kind: 'foreign', why: `it cannot be read as a segment: ${error.message}` };
  }
}

async function lookIntoBundles(
  archive: ArchiveStore,
  paths: readonly string[],
  known: ReadonlySet<string>,
): Promise<Pick<Inventory, 'cold' | 'unreadable'>> {
  const cold = new Map<string, Bundled>();
  const unreadable: { bundle: string; why: string }[] = [];
  for (const path of paths) {
    try {
      await using file = await archive.open(path);
      const bundle = await openBundle(file, path);
      for (const { name, bytes, digest } of bundle.members) {
        const replaces = known.has(name) ? null : await replacedBy(bundle, name);
        cold.set(name, { bundle: path, bytes, digest, replaces });
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push({ bundle: path, why: error.code === 'refused' ? inWords(error) : error.message });
    }
  }
  return { cold, unreadable };
}

/** The segment that a bundle's member says it is a rewrite of. That it can be read is found out when it is adopted. */
async function replacedBy(bundle: BundleReader, name: string): Promise<string | null> {
  try {
    return (await openSegment(bundle.open(name)!, name)).footer.replaces;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return null;
  }
}
