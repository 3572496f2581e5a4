import { bundlePath } from '../format/names.ts';
import type { Footer } from '../format/segment.ts';
import { successionOf } from '../hot/heirs.ts';
import type { Receipt } from '../hot/ledger.ts';

/** What is known of a file of the warm tier that has a segment's name. */
export type WarmFile =
  | { readonly segment: string; readonly bytes: number; readonly kind: 'known' }
  | { readonly segment: string; readonly bytes: number; readonly kind: 'sealed'; readonly footer: Footer }
  | {
      readonly segment: string;
      readonly bytes: number;
      readonly kind: 'foreign' | 'damaged' | 'later';
      readonly why: string;
    };

export interface Bundled {
  readonly bundle: string;
  readonly bytes: number;
  readonly digest: string;
  /** As the footer of a segment without a receipt says. */
  readonly replaces?: string | null;
}

/** Everything reconciling looks at, gathered before anything is decided. */
export interface Inventory {
  readonly receipts: readonly Receipt[];
  /** Footers are read of files without a receipt only; with a receipt they are `known`. */
  readonly warm: readonly WarmFile[];
  /** Segments found in bundles, with their seal as the bundle's table of contents says. */
  readonly cold: ReadonlyMap<string, Bundled>;
  /** Files that are no part of an archive. */
  readonly foreign: readonly { readonly path: string; readonly why: string }[];
  /** Records that cannot be understood. */
  readonly records?: readonly { readonly path: string; readonly why: string }[];
  /** Bundles that could not be read at all. */
  readonly unreadable: readonly { readonly bundle: string; readonly why: string }[];
}

/**
 * forget: a receipt whose file never came to be. resume: go on draining. adopt: a sealed file that the ledger does not know; its receipt is
 * made from its footer. discard: bytes accounted for elsewhere. quarantine: bytes nobody accounts for. settle: the receipt learns the tier its
 * bytes are in. supersede: the ledger is older than a rewrite; the receipt of the rewritten segment gives way to that of its adopted successor. trim: a bundle is written anew without segments that nothing is to be read from any more. alarm: bytes that a receipt
 * promises are not there. acknowledged (never planned): an
 * alarm that somebody acknowledged. blocked (never planned): the database refused to let the segment's rows go. foreign: not ours; left alone.
 */
export interface ReconcileStep {
  readonly action:
    | 'forget'
    | 'resume'
    | 'adopt'
    | 'discard'
    | 'quarantine'
    | 'settle'
    | 'supersede'
    | 'trim'
    | 'alarm'
    | 'acknowledged'
    | 'blocked'
    | 'foreign';
  /** A segment, or for quarantine, trim, foreign and what cannot be read at all the path of the file. */
  readonly subject: string;
  readonly reason: string;
}

/** One thing that was put right, or (alarm, acknowledged, blocked, foreign) found and left as it is. */
export interface Reconciled extends ReconcileStep {
  /** Rows that left the hot store by it. */
  readonly records: number;
  /** Of an alarm that an earlier run raised and nothing resolved: when it was first seen, UTC ISO 8601. */
  readonly since?: string;
}

const LEFT_AS_IT_IS: ReadonlySet<ReconcileStep['action']> = new Set([
  'alarm',
  'acknowledged',
  'blocked',
  'foreign',
]);

/** Whether the step puts something right. */
export function isRepair({ action }: ReconcileStep): boolean {
  return !LEFT_AS_IT_IS.has(action);
}

/** Holds files against receipts. Pure; the order of the steps is the order of their execution. */
export function planReconcile(inventory: Inventory): ReconcileStep[] {
  const receipts = new Map(inventory.receipts.map((receipt) => [receipt.segment, receipt]));
  const warm = new Map(inventory.warm.map((file) => [file.segment, file]));
  const steps = inventory.unreadable.map(({ bundle, why }) =>
    step('alarm', bundle, `the bundle cannot be read: ${why}`),
  );
  steps.push(...(inventory.records ?? []).map(({ path, why }) => step('alarm', path, why)));
  steps.push(...inventory.foreign.map(({ path, why }) => step('foreign', path, why)));
  const unknown = inventory.warm.filter(({ segment }) => !receipts.has(segment));
  const judged = unknown.map((file) => judgeUnknown(file, receipts, warm, inventory.cold));
  const [discards, rest] = [true, false].map((wanted) =>
    judged.filter(({ action }) => (action === 'discard') === wanted),
  );
  steps.push(...discards!, ...rest!);
  for (const [segment, found] of inventory.cold) {
    if (!receipts.has(segment))
      steps.push(step('adopt', segment, `sealed in ${found.bundle}, unknown to the ledger`));
  }
  const successors = successorsIn(inventory);
  const unreadable = new Set(inventory.unreadable.map(({ bundle }) => bundle));
  for (const receipt of inventory.receipts) {
    // What may be in a bundle that cannot be read has its alarm already.
    const hidden = receipt.state !== 'sealing' && unreadable.has(bundlePath(receipt.day.slice(0, 7)));
    if (hidden && !warm.has(receipt.segment)) continue;
    const judged = judgeReceipt(
      receipt,
      warm.get(receipt.segment),
      inventory.cold.get(receipt.segment),
      successors.get(receipt.segment),
      warm,
    );
    if (judged !== null) steps.push(judged);
  }
  return [...steps, ...bundlesToTrim(inventory, receipts)];
}

/** Of segments that were rewritten, by files that the ledger does not know, the names of these files. */
function successorsIn({ warm, cold }: Inventory): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of warm) {
    if (file.kind === 'sealed' && file.footer.replaces !== null)
      found.set(file.footer.replaces, file.segment);
  }
  for (const [segment, { replaces }] of cold) if (replaces) found.set(replaces, segment);
  return found;
}

function bundlesToTrim({ cold }: Inventory, receipts: ReadonlyMap<string, Receipt>): ReconcileStep[] {
  const superfluous = new Map<string, number>();
  for (const [segment, { bundle }] of cold) {
    if (isOver(receipts.get(segment), receipts)) superfluous.set(bundle, (superfluous.get(bundle) ?? 0) + 1);
  }
  return [...superfluous].map(([bundle, count]) =>
    step('trim', bundle, `${count} of its segments were purged or replaced`),
  );
}

/** True when no row is to be read from the segment any more: it was purged, or its rows are in a segment that lives on or was purged. */
export function isOver(receipt: Receipt | undefined, receipts: ReadonlyMap<string, Receipt>): boolean {
  if (receipt?.state !== 'purged' && receipt?.state !== 'replaced') return false;
  const last = successionOf(receipts, receipt.segment).at(-1)!;
  return (
    last.state === 'purged' ||
    last.state === 'archived' ||
    (last.state === 'replaced' && last.replacedBy === null)
  );
}

function judgeUnknown(
  file: WarmFile,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
): ReconcileStep {
  const { segment } = file;
  if (file.kind === 'foreign') return step('foreign', `warm/${segment}`, file.why);
  if (file.kind === 'later') return step('alarm', `warm/${segment}`, file.why);
  if (file.kind === 'damaged')
    return step('quarantine', `warm/${segment}`, `no receipt knows it, and ${file.why}`);
  if (cold.get(segment) !== undefined)
    return step('discard', segment, `its bytes are in ${cold.get(segment)!.bundle}`);
  const original = file.kind === 'sealed' ? file.footer.replaces : null;
  const state = original === null ? undefined : receipts.get(original)?.state;
  // Only a receipt that still answers for every line makes the rewritten copy superfluous.
  if (
    original !== null &&
    (state === 'sealing' || state === 'draining' || state === 'archived') &&
    (warm.has(original) || cold.has(original))
  ) {
    return step('discard', segment, `an unfinished rewrite of ${original}, which is still whole`);
  }
  return step('adopt', segment, 'sealed, but unknown to the ledger');
}

function judgeReceipt(
  receipt: Receipt,
  file: WarmFile | undefined,
  bundled: Bundled | undefined,
  successor: string | undefined,
  warm: ReadonlyMap<string, WarmFile>,
): ReconcileStep | null {
  const { segment, state } = receipt;
  if (state === 'sealing') {
    // An adopted segment may be in a bundle: there its bytes are, whatever became of the warm file.
    return file === undefined && !isMember(bundled, receipt)
      ? step('forget', segment, 'the run died before the segment had its name; no row of it was deleted')
      : step('resume', segment, 'sealed, and none of its rows deleted yet');
  }
  if (state === 'replaced') {
    if (file === undefined) return null;
    if (receipt.replacedBy !== null && !warm.has(receipt.replacedBy)) return null;
    return step(
      'discard',
      segment,
      `replaced by ${receipt.replacedBy ?? 'nothing: none of its rows had left'}`,
    );
  }
  if (state === 'purged')
    return file === undefined ? null : step('discard', segment, `purged at ${receipt.purgedAt}`);
  if (bundled !== undefined && !isMember(bundled, receipt)) {
    return step('alarm', segment, `the copy in ${bundled.bundle} is not the one its receipt describes`);
  }
  if (file === undefined && bundled === undefined && successor !== undefined)
    return step('supersede', segment, `the ledger is older than its rewrite, ${successor}`);
  if (file === undefined && bundled === undefined)
    return step('alarm', segment, 'its receipt stands, but its file is missing');
  if (file !== undefined && file.bytes !== receipt.bytes) {
    return step('alarm', segment, `its file has ${file.bytes} bytes, its receipt says ${receipt.bytes}`);
  }
  if (state === 'draining')
    return step('resume', segment, `drained up to line ${receipt.position} of ${receipt.rows}`);
  if (bundled === undefined)
    return receipt.tier === 'warm' ? null : step('settle', segment, 'its bytes are in warm');
  if (file !== undefined) return step('discard', segment, `its bytes are in ${bundled.bundle}`);
  return receipt.tier === 'cold' ? null : step('settle', segment, `its bytes are in ${bundled.bundle}`);
}

function isMember(bundled: Bundled | undefined, { digest, bytes }: Receipt): boolean {
  return bundled?.digest === digest && bundled.bytes === bytes;
}

function step(action: ReconcileStep['action'], subject: string, reason: string): ReconcileStep {
  return { action, subject, reason };
}
