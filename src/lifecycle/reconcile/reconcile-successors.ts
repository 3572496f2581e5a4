import type { Receipt } from '../../hot/ledger.ts';
import type { Inventory } from './reconcile-inventory.ts';

/** A file that the ledger does not know and that says which segment it was rewritten from. */
interface Rewrite {
  readonly segment: string;
  readonly replaces: string;
  readonly archivedAt: string | undefined;
}

/**
 * Of segments that the ledger has and that were rewritten since, the files that hold their rows now, by the segments' names. A file names
 * only what it replaced itself. Where that is unknown as well (it was rewritten twice, by a version of Firn that kept no journal), it is
 * the successor of the one segment of its run and day whose file is missing.
 */
export function successorsIn(
  inventory: Inventory,
  receipts: ReadonlyMap<string, Receipt>,
): ReadonlyMap<string, string> {
  const { warm, cold } = inventory;
  const rewrites: Rewrite[] = [];
  for (const file of warm) {
    if (file.kind !== 'sealed' || file.footer.replaces === null || receipts.has(file.segment)) continue;
    const { replaces, archivedAt } = file.footer;
    rewrites.push({ segment: file.segment, replaces, archivedAt });
  }
  for (const [segment, { replaces, archivedAt }] of cold) {
    if (replaces && !receipts.has(segment)) rewrites.push({ segment, replaces, archivedAt });
  }
  const found = new Map(rewrites.map(({ replaces, segment }) => [replaces, segment]));
  const isThere = new Set([...warm.map(({ segment }) => segment), ...cold.keys()]);
  const orphans = rewrites.filter(({ replaces }) => !receipts.has(replaces) && !isThere.has(replaces));
  for (const orphan of orphans) {
    const missing = [...receipts.values()].filter((receipt) => isLostTo(receipt, orphan, found, isThere));
    const rivals = orphans.filter((other) => isSameRun(other, orphan));
    if (missing.length === 1 && rivals.length === 1) found.set(missing[0]!.segment, orphan.segment);
  }
  return found;
}

function isLostTo(
  { segment, state, archivedAt }: Receipt,
  orphan: Rewrite,
  found: ReadonlyMap<string, string>,
  isThere: ReadonlySet<string>,
): boolean {
  if (state !== 'archived' && state !== 'draining') return false;
  if (isThere.has(segment) || found.has(segment)) return false;
  return isSameRun({ segment, archivedAt }, orphan);
}

/** Segments of one table and day that one run archived: rewriting keeps the time of archiving. */
function isSameRun(
  a: Pick<Rewrite, 'segment' | 'archivedAt'>,
  b: Pick<Rewrite, 'segment' | 'archivedAt'>,
): boolean {
  return tableAndDay(a.segment) === tableAndDay(b.segment) && a.archivedAt === b.archivedAt;
}

function tableAndDay(segment: string): string {
  return segment.replace(/(?:\.\d+)?\.jsonl(?:\.gz|\.zst)?$/, '');
}
