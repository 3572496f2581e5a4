import type { Footer } from '../../format/segment/segment.ts';
import { warmPath } from '../../format/segment-names.ts';
import { isGivenUp, successionOf } from '../../hot/heirs.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Bundled, Inventory, Look, Quarantined, WarmFile } from './reconcile-inventory.ts';
import { alarm, type ReconcileStep, step } from './reconcile-plan.ts';

/** What becomes of a warm file whose name no receipt has. */
export function judgeUnknown(
  file: { readonly segment: string; readonly bytes: number } & Look,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
): ReconcileStep {
  const { segment } = file;
  if (file.kind === 'foreign') return step('foreign', warmPath(segment), file.why);
  if (file.kind === 'refused') return alarm(file.alarm, warmPath(segment), file.why);
  const { footer } = file;
  // Whoever names a segment otherwise than it was sealed has touched the archive: its rows are not deleted for it.
  if (file.kind === 'misnamed')
    return step('quarantine', warmPath(segment), 'it is not in the ledger, and its footer has another name');
  const member = cold.get(segment);
  if (member !== undefined) {
    return member.digest === footer.digest && member.bytes === file.bytes
      ? step('discard', segment, `the same data is in ${member.bundle}`)
      : step('rename', warmPath(segment), `a different segment has its name in ${member.bundle}`);
  }
  const { replaces } = footer;
  if (replaces !== null && isWhole(replaces, receipts, warm, cold)) {
    return step('discard', segment, `an incomplete rewrite of ${replaces}, which is intact`);
  }
  return step('adopt', segment, 'complete, but not in the ledger');
}

/** Whether a segment is there that still answers for all its lines. When its rewrite is discarded, that is proved line by line. */
function isWhole(
  segment: string,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
): boolean {
  const state = receipts.get(segment)?.state;
  if (state === 'replaced' || state === 'purged') return false;
  const file = warm.get(segment);
  return file?.kind === 'known' || file?.kind === 'sealed' || cold.has(segment);
}

/** What becomes of a receipt whose own bytes are these; null when all is as it should be. */
export function judgeReceipt(
  receipt: Receipt,
  { file, bundled }: { readonly file?: WarmFile; readonly bundled?: Bundled },
  successor: string | undefined,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
): ReconcileStep | null {
  const { segment, state } = receipt;
  if (state === 'sealing')
    return step('resume', segment, 'complete; none of its rows were deleted from the database yet');
  if (state === 'replaced') return judgeReplaced(receipt, file, receipts, warm, cold);
  if (state === 'purged')
    return file === undefined ? null : step('discard', segment, `purged at ${receipt.purgedAt}`);
  if (file === undefined && bundled === undefined && successor !== undefined)
    return step('supersede', segment, `it was replaced by ${successor}; the ledger is older`);
  if (file === undefined && bundled === undefined)
    return alarm('missing', segment, 'archive file missing; the ledger still lists it');
  if (file !== undefined && file.bytes !== receipt.bytes) {
    return alarm('damaged', segment, `its file has ${file.bytes} bytes, the ledger says ${receipt.bytes}`);
  }
  if (state === 'draining')
    return step(
      'resume',
      segment,
      `rows deleted from the database: ${receipt.position} of ${receipt.rows} checked`,
    );
  if (bundled === undefined)
    return receipt.tier === 'warm' ? null : step('settle', segment, 'the same data is in warm');
  if (file !== undefined) return step('discard', segment, `the same data is in ${bundled.bundle}`);
  return receipt.tier === 'cold' ? null : step('settle', segment, `the same data is in ${bundled.bundle}`);
}

function judgeReplaced(
  receipt: Receipt,
  file: WarmFile | undefined,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
): ReconcileStep | null {
  const { segment } = receipt;
  const last = successionOf(receipts, segment).at(-1)!;
  const isThere = (name: string): boolean => warm.has(name) || cold.has(name);
  if (last.state === 'replaced' && last.replacedBy !== null) {
    // A successor without a receipt is adopted in this run, if it is there at all.
    if (isThere(last.replacedBy)) return null;
    return alarm('missing', segment, `its rows are in ${last.replacedBy}, but that file is missing`);
  }
  if (file === undefined || !isGivenUp(receipt, receipts)) return null;
  if (last.state === 'archived' && !isThere(last.segment)) return null;
  return step(
    'discard',
    segment,
    `replaced by ${receipt.replacedBy ?? 'nothing: none of its rows were deleted from the database'}`,
  );
}

/**
 * The receipt of a segment whose rows, as the ledger has it, are in another one that does not hold them, while a segment with this footer
 * does: an earlier version of Firn gave the name of a rewrite to another segment. Null when there is no such hole.
 */
export function holeFilledBy(
  { replaces, rows, archivedAt }: Footer,
  receipts: ReadonlyMap<string, Receipt>,
): Receipt | null {
  const rewritten = replaces === null ? undefined : receipts.get(replaces);
  if (rewritten?.state !== 'replaced' || rewritten.replacedBy === null) return null;
  if (rewritten.adopted || rows !== rewritten.deleted + rewritten.absent) return null;
  const heir = receipts.get(rewritten.replacedBy);
  return heir?.archivedAt === archivedAt && heir.rows === rows ? null : rewritten;
}

/** What becomes of a file in quarantine; null when its bytes are accounted for, or cannot be. */
export function judgeQuarantined(
  { path, footer, seal, why }: Quarantined,
  receipts: ReadonlyMap<string, Receipt>,
): ReconcileStep | null {
  if (seal !== null && [...receipts.values()].some(({ digest }) => digest === seal)) return null;
  if (footer === null) return alarm('damaged', path, `in quarantine, and not in the ledger: ${why}`);
  const rewritten = footer.replaces === null ? undefined : receipts.get(footer.replaces);
  // Also where the hole was filled, and the run died before the file in quarantine was removed.
  const fills = rewritten?.state === 'replaced' && footer.rows === rewritten.deleted + rewritten.absent;
  if (fills) return step('recover', path, `it has the rows of ${rewritten.segment}, which are nowhere else`);
  return alarm('damaged', path, `in quarantine, and its ${footer.rows} rows are not in the ledger`);
}
