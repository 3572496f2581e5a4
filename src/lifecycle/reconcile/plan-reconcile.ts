import { awayInWords } from '../../archive/away.ts';
import { bundlePath, parseSegmentName, warmPath } from '../../format/segment-names.ts';
import { bySegment, isGivenUp } from '../../hot/heirs.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { type Recalled, recall } from './recall.ts';
import type { Bundled, Inventory, Look, WarmFile } from './reconcile-inventory.ts';
import { judgeQuarantined, judgeReceipt, judgeUnknown } from './reconcile-judge.ts';
import { alarm, isMember, type PlannedStep, type ReconcileStep, step } from './reconcile-plan.ts';
import { successorsIn } from './reconcile-successors.ts';

/** Holds files against receipts. Pure; the order of the steps is the order of their execution. */
export function planReconcile(inventory: Inventory): PlannedStep[] {
  const away = [...inventory.away.values()].map((one) => alarm('away', one.location, awayInWords(one)));
  // The journal is there: without it nothing can be told from what is missing.
  if (inventory.away.has('warm')) return away;
  const steps = planSteps(inventory);
  const isUnseen = ({ subject }: PlannedStep): boolean =>
    inventory.away.has('cold') || inventory.frozen.has(bundleFor(subject) ?? subject);
  return [...away, ...steps.map((planned) => (isUnseen(planned) ? unlessCold(planned) : planned))];
}

/**
 * What is done while the location of cold is away: nothing is taken in, since a bundle may have it already, or a segment of its name, and the
 * journal does not count, since a record counts only where the bytes are gone.
 */
const NEEDS_COLD: ReadonlySet<PlannedStep['action']> = new Set([
  ...(['remember', 'adopt', 'rename', 'recover', 'supersede', 'trim'] as const),
]);

/** Of a segment or its warm file; null of anything else. */
function bundleFor(subject: string): string | null {
  const name = parseSegmentName(subject.replace(/^warm\//, ''));
  return name === null ? null : bundlePath(name.day.slice(0, 'YYYY-MM'.length));
}

function unlessCold(planned: PlannedStep): PlannedStep {
  if (!NEEDS_COLD.has(planned.action)) return planned;
  const { subject, reason } = planned;
  return step(
    'blocked',
    subject.replace(/^warm\//, ''),
    `${reason}. It waits, because the bundle of its month cannot be read now`,
  );
}

function planSteps(inventory: Inventory): PlannedStep[] {
  const { cold } = inventory;
  const warm = new Map(inventory.warm.map((file) => [file.segment, file]));
  const steps: PlannedStep[] = [
    ...inventory.unreadable.map(({ bundle, why, alarm: kind }) =>
      alarm(kind, bundle, `the bundle cannot be read: ${why}`),
    ),
    ...inventory.records.map(({ path, why }) => alarm('damaged', path, why)),
    ...inventory.foreign.map(({ path, why }) => step('foreign', path, why)),
  ];
  const receipts = new Map(bySegment(inventory.receipts));
  for (const recalled of recallFrom(inventory, receipts, warm)) {
    const { record, moves, created } = recalled;
    const count = moves.length + created.length;
    const reason = `${count} ${count === 1 ? 'name that was' : 'names that were'} discarded, not in the ledger`;
    steps.push({ ...step('remember', record, reason), recalled });
    for (const receipt of [...moves.map(({ to }) => to), ...created]) receipts.set(receipt.segment, receipt);
  }
  const damaged = new Set(inventory.unreadable.map(({ bundle }) => bundle));
  const isUnseen = (bundle: string): boolean =>
    inventory.away.has('cold') || inventory.frozen.has(bundle) || damaged.has(bundle);
  for (const receipt of inventory.receipts) {
    if (receipts.get(receipt.segment)?.state !== 'sealing' || !neverCameToBe(receipt, warm, cold, isUnseen))
      continue;
    const reason = 'the run was interrupted before the segment was complete; no row was deleted';
    steps.push(step('forget', receipt.segment, reason));
    receipts.delete(receipt.segment);
  }
  const unknown = [...warm.values()].flatMap((file) => (receipts.has(file.segment) ? [] : [seenAnew(file)]));
  const judged = unknown.map((file) => judgeUnknown(file, receipts, warm, cold));
  const last: PlannedStep[] = judged.filter(({ action }) => action === 'rename');
  steps.push(...judged.filter(({ action }) => action === 'discard'));
  steps.push(...judged.filter(({ action }) => action !== 'discard' && action !== 'rename'));
  for (const [segment, { bundle }] of cold) {
    if (!receipts.has(segment)) steps.push(step('adopt', segment, `found in ${bundle}, not in the ledger`));
  }
  const successors = successorsIn(inventory, receipts);
  for (const receipt of receipts.values()) {
    const { segment } = receipt;
    // What may be in a bundle that cannot be read has its alarm already.
    const isHidden = receipt.state !== 'sealing' && isUnseen(bundlePath(receipt.day.slice(0, 7)));
    if (isHidden && !warm.has(segment)) continue;
    // Its successor may be in a bundle, too.
    if (isHidden && receipt.state === 'replaced' && !isSuccessorHere(receipt, warm)) continue;
    const { own, strangers } = sort(receipt, warm.get(segment), cold.get(segment));
    last.push(...strangers);
    const judgement = judgeReceipt(receipt, own, successors.get(segment), receipts, warm, cold);
    if (judgement !== null) steps.push(judgement);
  }
  const filed = inventory.quarantined.flatMap((file) => judgeQuarantined(file, receipts) ?? []);
  return [...steps, ...last, ...filed, ...bundlesToTrim(inventory, receipts)];
}

function recallFrom(
  { journal, cold }: Inventory,
  receipts: ReadonlyMap<string, Receipt>,
  warm: ReadonlyMap<string, WarmFile>,
): Recalled[] {
  const isThere = (receipt: Receipt): boolean => {
    const file = warm.get(receipt.segment);
    const look = file?.kind === 'known' ? file.look : file;
    if (look?.kind === 'sealed' && look.footer.digest === receipt.digest) return true;
    const isUnseen = file?.kind === 'known' && file.look === undefined && file.bytes === receipt.bytes;
    return isUnseen || cold.get(receipt.segment)?.digest === receipt.digest;
  };
  return recall(journal, receipts, isThere, (segment) => warm.has(segment) || cold.has(segment));
}

/** True for a receipt whose bytes are nowhere: not in a bundle either, where an adopted segment may be. */
function neverCameToBe(
  receipt: Receipt,
  warm: ReadonlyMap<string, WarmFile>,
  cold: Inventory['cold'],
  isUnseen: (bundle: string) => boolean,
): boolean {
  const { segment, day, tier } = receipt;
  if (isMember(cold.get(segment), receipt)) return false;
  if (tier === 'cold' && isUnseen(bundlePath(day.slice(0, 7)))) return false;
  const file = warm.get(segment);
  if (file === undefined) return true;
  // What cannot be read may be it: that is found out when it is resumed.
  return file.kind === 'known' && file.look?.kind === 'sealed' && file.look.footer.digest !== receipt.digest;
}

function isSuccessorHere({ replacedBy }: Receipt, warm: ReadonlyMap<string, WarmFile>): boolean {
  return replacedBy === null || warm.has(replacedBy);
}

/** A file whose receipt is forgotten is one that the ledger does not know. */
function seenAnew(file: WarmFile): WarmFile & Look {
  if (file.kind !== 'known') return file;
  return { segment: file.segment, bytes: file.bytes, ...file.look! };
}

/** What of the files under a segment's name are its own bytes, and what becomes of others. */
interface Sorted {
  readonly own: { readonly file?: WarmFile; readonly bundled?: Bundled };
  readonly strangers: readonly ReconcileStep[];
}

function sort(receipt: Receipt, file: WarmFile | undefined, bundled: Bundled | undefined): Sorted {
  const strangers: ReconcileStep[] = [];
  const { segment, state } = receipt;
  const look = file?.kind === 'known' ? file.look : undefined;
  const hasEnded = state === 'purged' || state === 'replaced';
  let isOwn = file !== undefined;
  if (look?.kind === 'sealed' && look.footer.digest !== receipt.digest) {
    isOwn = false;
    strangers.push(step('rename', warmPath(segment), 'its name belongs to another segment'));
  } else if (hasEnded && look?.kind === 'refused') {
    isOwn = false;
    strangers.push(alarm(look.alarm, warmPath(segment), look.why));
  } else if (hasEnded && look !== undefined && (look.kind !== 'sealed' || file!.bytes !== receipt.bytes)) {
    isOwn = false;
    const why = look.kind === 'foreign' ? look.why : 'its footer has another name';
    strangers.push(
      step('quarantine', warmPath(segment), `its name belongs to a segment that is ${state}, and ${why}`),
    );
  }
  const isOwnMember = isMember(bundled, receipt);
  if (bundled !== undefined && !isOwnMember) {
    strangers.push(step('rename', `${bundled.bundle}:${segment}`, 'its name belongs to another segment'));
  }
  const own = { ...(isOwn ? { file: file! } : {}), ...(isOwnMember ? { bundled: bundled! } : {}) };
  return { own, strangers };
}

function bundlesToTrim({ cold }: Inventory, receipts: ReadonlyMap<string, Receipt>): ReconcileStep[] {
  const superfluous = new Map<string, number>();
  for (const [segment, member] of cold) {
    const receipt = receipts.get(segment);
    if (receipt === undefined || (isMember(member, receipt) && !isGivenUp(receipt, receipts))) continue;
    superfluous.set(member.bundle, (superfluous.get(member.bundle) ?? 0) + 1);
  }
  return [...superfluous].map(([bundle, count]) =>
    step('trim', bundle, `${count} of its segments were purged, replaced or renamed`),
  );
}
