import type { ArchiveStore, StoredFile } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { frozenBundles } from '../../archive/bucket/frozen-bundles.ts';
import { readErasureOrders } from '../../archive/erasure-orders.ts';
import { openBundles } from '../../archive/found-segments.ts';
import { type BundleFile, listFiles } from '../../archive/listed-files.ts';
import type { BundleReader } from '../../format/bundle/bundle-reader.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { readTail } from '../../format/segment/tail.ts';
import { parseSegmentName } from '../../format/segment-names.ts';
import { bySegment } from '../../hot/heirs.ts';
import type { LedgerReader, Receipt } from '../../hot/ledger.ts';
import { ifThere, inWords, isUnreadableFile } from '../../model/errors.ts';
import { readJournal } from '../archived/journal.ts';
import type { Bundled, Inventory, Look, Quarantined, WarmFile } from './reconcile-inventory.ts';
import { wrongBy } from './verify-receipt.ts';

/** Looks at receipts, warm files, bundles, quarantine and journal. Reads names and sizes, footers where names do not tell enough, and tables of contents. A file that another process removes meanwhile is left out. */
export async function takeInventory(ledger: LedgerReader, archive: ArchiveStore): Promise<Inventory> {
  const receipts = await ledger.receipts();
  const known = bySegment(receipts);
  const away = await awayTiers(archive);
  const files = await listFiles(archive);
  const bundles = files.filter((file) => file.kind === 'bundle');
  const frozen = await frozenBundles(archive, bundles);
  const awake = bundles.filter(({ path }) => !frozen.has(path));
  const { cold, unreadable } = await lookIntoBundles(archive, awake, known);
  const warm: WarmFile[] = [];
  const quarantined: Quarantined[] = [];
  const foreign: { path: string; why: string }[] = [];
  for (const file of files) {
    const { path, bytes } = file;
    if (file.folder === 'warm') {
      const segment = path.slice('warm/'.length);
      const found = await ifThere(lookAtWarm(archive, segment, bytes, known.get(segment), cold.has(segment)));
      if (found !== null) warm.push(found);
    } else if (file.kind === 'quarantined' && file.segment !== null) {
      const found = await ifThere(lookIntoQuarantine(archive, file, file.segment));
      if (found !== null) quarantined.push(found);
    } else if (file.kind === 'foreign') {
      const why =
        file.folder === 'cold' ? 'its name is not the name of a bundle' : 'Firn stores no files there';
      foreign.push({ path, why });
    }
  }
  const journal = away.has('warm') ? { entries: [], unreadable: [] } : await readJournal(archive);
  const orders = away.has('warm') ? { problems: [] } : await readErasureOrders(archive);
  const records = [...journal.unreadable, ...orders.problems];
  return {
    receipts,
    away,
    frozen,
    warm,
    cold,
    foreign,
    unreadable,
    quarantined,
    journal: journal.entries,
    records,
  };
}

/** Of a file that its receipt accounts for by name and size, no more is read; what else it may be is for those who read it to find out. */
async function lookAtWarm(
  archive: ArchiveStore,
  segment: string,
  bytes: number,
  receipt: Receipt | undefined,
  isBundled: boolean,
): Promise<WarmFile> {
  if (receipt === undefined)
    return { segment, bytes, ...(await lookAt(archive, `warm/${segment}`, segment)) };
  const isLive = receipt.state === 'draining' || receipt.state === 'archived';
  if (isLive && !isBundled && bytes === receipt.bytes) return { segment, bytes, kind: 'known' };
  return { segment, bytes, kind: 'known', look: await lookAt(archive, `warm/${segment}`, segment) };
}

async function lookAt(archive: ArchiveStore, path: string, segment: string): Promise<Look> {
  const name = parseSegmentName(segment);
  if (name === null) return { kind: 'foreign', why: 'its name is not the name of a segment' };
  try {
    await using file = await archive.open(path);
    const { footer } = await openSegment(file, segment);
    return isNamed(footer, segment) ? { kind: 'sealed', footer } : { kind: 'misnamed', footer };
  } catch (error) {
    if (!isUnreadableFile(error)) throw error;
    if (error.code === 'refused') {
      return { kind: 'refused', why: inWords(error), alarm: wrongBy(error).kind };
    }
    return { kind: 'foreign', why: `it cannot be read as a segment: ${error.message}` };
  }
}

function isNamed(footer: Footer, segment: string): boolean {
  const name = parseSegmentName(segment)!;
  return (
    footer.table === name.table &&
    footer.day === name.day &&
    footer.part === name.part &&
    footer.compression === name.compression
  );
}

async function lookIntoQuarantine(
  archive: ArchiveStore,
  { path, bytes }: StoredFile,
  segment: string,
): Promise<Quarantined> {
  const look = await lookAt(archive, path, segment);
  if (look.kind === 'sealed' || look.kind === 'misnamed') {
    return { path, segment, bytes, footer: look.footer, seal: look.footer.digest, why: '' };
  }
  return { path, segment, bytes, footer: null, seal: await sealOf(archive, path), why: look.why };
}

/** Of a segment whose footer cannot be read, the seal may be legible. */
async function sealOf(archive: ArchiveStore, path: string): Promise<string | null> {
  try {
    await using file = await archive.open(path);
    return (await readTail(file, path, 'segment')).digest;
  } catch (error) {
    if (!isUnreadableFile(error)) throw error;
    return null;
  }
}

async function lookIntoBundles(
  archive: ArchiveStore,
  files: readonly BundleFile[],
  known: ReadonlyMap<string, Receipt>,
): Promise<Pick<Inventory, 'cold' | 'unreadable'>> {
  const cold = new Map<string, Bundled>();
  const unreadable: Inventory['unreadable'][number][] = [];
  for await (const looked of openBundles(archive, files)) {
    const { path } = looked.file;
    if ('error' in looked) {
      const { error } = looked;
      const why = error.code === 'refused' ? inWords(error) : error.message;
      unreadable.push({ bundle: path, why, alarm: wrongBy(error).kind });
      continue;
    }
    const { bundle } = looked;
    for (const { name, bytes, digest } of bundle.members) {
      const origin = known.has(name) ? {} : await originOf(bundle, name);
      cold.set(name, { bundle: path, bytes, digest, ...origin });
    }
  }
  return { cold, unreadable };
}

/** What a bundle's member says of where its rows come from. That it can be read is found out when it is adopted. */
async function originOf(
  bundle: BundleReader,
  name: string,
): Promise<Pick<Bundled, 'replaces' | 'archivedAt'>> {
  try {
    const { replaces, archivedAt } = (await openSegment(bundle.open(name)!, name)).footer;
    return { replaces, archivedAt };
  } catch (error) {
    if (!isUnreadableFile(error)) throw error;
    return {};
  }
}
