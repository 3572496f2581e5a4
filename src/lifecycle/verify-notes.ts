import type { ArchiveStore } from '../archive/archive-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import type { Reconciled } from './reconcile-plan.ts';

/** What is worth knowing of an archive, and no alarm. */
export async function notesOn(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
  steps: readonly Reconciled[],
): Promise<string[]> {
  const foreign = steps.filter(({ action }) => action === 'foreign');
  const strays = await archive.strays();
  return [
    ...foreign.map(({ subject, reason }) => `${subject} is left alone: ${reason}`),
    ...strays.map((path) => `${path} is neither a file nor a folder, and is never followed`),
    ...(await quarantined(archive)),
    ...gaps(receipts),
  ];
}

async function quarantined(archive: ArchiveStore): Promise<string[]> {
  const files = (await archive.list('quarantine')).filter(({ path }) => !path.endsWith('.note.txt'));
  return files.map(({ path }) => `${path} was set aside: ${path}.note.txt says why`);
}

/** Parts are numbered without gaps, so a number without a receipt means that a receipt was lost. */
function gaps(receipts: readonly Receipt[]): string[] {
  const parts = Map.groupBy(receipts, ({ table, day }) => `${table} of ${day}`);
  return [...parts].flatMap(([name, group]) => {
    const known = new Set(group.map(({ part }) => part));
    const missing = Array.from({ length: Math.max(...known) }, (_, i) => i + 1).filter(
      (part) => !known.has(part),
    );
    return missing.map(
      (part) => `${name} has no receipt for part ${part}: the ledger may be older than the archive`,
    );
  });
}
