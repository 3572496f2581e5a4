import type { ArchiveStore } from '../archive/archive-store.ts';
import { openBundle } from '../format/bundle-reader.ts';
import { parseBundlePath, parseSegmentName } from '../format/names.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { LedgerReader } from '../hot/ledger.ts';
import { FirnError } from '../model/errors.ts';
import type { Inventory, WarmFile } from './reconcile-plan.ts';

/** Looks at receipts, warm files and bundles. Reads names and sizes, footers of unknown files, and tables of contents. */
export async function takeInventory(ledger: LedgerReader, archive: ArchiveStore): Promise<Inventory> {
  const receipts = await ledger.receipts();
  const known = new Set(receipts.map(({ segment }) => segment));
  const warm: WarmFile[] = [];
  for (const { path, bytes } of await archive.list('warm')) {
    const segment = path.slice('warm/'.length);
    if (known.has(segment)) warm.push({ segment, bytes, kind: 'known' });
    else warm.push(await lookAt(archive, path, segment, bytes));
  }
  return { receipts, warm, ...(await lookIntoBundles(archive)) };
}

async function lookAt(
  archive: ArchiveStore,
  path: string,
  segment: string,
  bytes: number,
): Promise<WarmFile> {
  const name = parseSegmentName(segment);
  if (name === null) return { segment, bytes, kind: 'foreign', why: 'its name is not that of a segment' };
  await using file = await archive.open(path);
  try {
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
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return { segment, bytes, kind: 'foreign', why: `it cannot be read as a segment: ${error.message}` };
  }
}

async function lookIntoBundles(archive: ArchiveStore): Promise<Pick<Inventory, 'cold' | 'unreadable'>> {
  const cold = new Map<string, { bundle: string; bytes: number; digest: string }>();
  const unreadable: { bundle: string; why: string }[] = [];
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null) continue;
    await using file = await archive.open(path);
    try {
      for (const { name, bytes, digest } of (await openBundle(file, path)).members)
        cold.set(name, { bundle: path, bytes, digest });
    } catch (error) {
      if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
      unreadable.push({ bundle: path, why: error.message });
    }
  }
  return { cold, unreadable };
}
