import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredFile } from '../../../src/archive/archive-store.ts';
import type { LedgerReader } from '../../../src/hot/ledger.ts';
import { takeInventory } from '../../../src/lifecycle/reconcile/inventory.ts';
import { publishText } from '../../support/archives/archive.ts';
import { MemoryArchive, MemoryPlace } from '../../support/archives/memory-archive.ts';

const NO_RECEIPTS = { receipts: async () => [] } as unknown as LedgerReader;
const WARM = 'warm/2026-01-16/notes.jsonl.gz';
const BUNDLE = 'cold/2026/2026-01.tar.gz';
const SET_ASIDE = 'quarantine/warm/2026-01-16/notes.jsonl.gz';

/** Another process moves files away as soon as they have been listed. */
class Emptied extends MemoryArchive {
  readonly place: MemoryPlace;
  readonly gone: readonly string[];

  constructor(place: MemoryPlace, gone: readonly string[]) {
    super(place);
    this.place = place;
    this.gone = gone;
  }

  override async list(folder: string): Promise<StoredFile[]> {
    const listed = await super.list(folder);
    for (const path of this.gone) this.place.files.delete(path);
    return [...listed];
  }
}

async function inventoryWithout(...gone: string[]): Promise<{ seen: string[]; unreadable: string[] }> {
  const place = new MemoryPlace();
  for (const path of [WARM, BUNDLE, SET_ASIDE]) await publishText(new MemoryArchive(place), path, 'damaged');
  const { warm, quarantined, unreadable } = await takeInventory(NO_RECEIPTS, new Emptied(place, gone));
  return {
    seen: [...warm.map(({ segment }) => `warm/${segment}`), ...quarantined.map(({ path }) => path)],
    unreadable: unreadable.map(({ bundle }) => bundle),
  };
}

test('a file that another process removed after it was listed is left out, and the others are looked at', async () => {
  assert.deepEqual(await inventoryWithout(), { seen: [WARM, SET_ASIDE], unreadable: [BUNDLE] });
  assert.deepEqual(await inventoryWithout(WARM), { seen: [SET_ASIDE], unreadable: [BUNDLE] });
  assert.deepEqual(await inventoryWithout(SET_ASIDE), { seen: [WARM], unreadable: [BUNDLE] });
  assert.deepEqual(await inventoryWithout(BUNDLE), { seen: [WARM, SET_ASIDE], unreadable: [] });
});
