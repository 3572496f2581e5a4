import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type ArchiveStore, GoneFile, type OpenFile } from '../../../src/archive/archive-store.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

const COLD_NOW = SMALL_NOW + 60 * 86_400_000;

/** What becomes of a bundle that was listed before another run replaced it. */
const FATES = {
  'is still there': () => false,
  'is gone, its indexes are on this machine': (use: string | undefined) => use !== 'index',
  'is gone': () => true,
} as const;

/** The archive, whose list is as old as these bundles. */
function listing(
  archive: ArchiveStore,
  bundles: ReadonlyMap<string, Buffer>,
  isGone: (use: string | undefined) => boolean,
): ArchiveStore {
  const old = (path: string, content: Buffer): OpenFile => ({
    bytes: content.length,
    async read(offset, length, use) {
      if (isGone(use)) throw new GoneFile({ operation: 'read', path });
      return new Uint8Array(content.subarray(offset, offset + length));
    },
    [Symbol.asyncDispose]: async () => undefined,
  });
  return new Proxy(archive, {
    get(store, name) {
      if (name === 'capabilities') return { ...store.capabilities, isRemote: true };
      const value = Reflect.get(store, name, store);
      if (name !== 'open') return typeof value === 'function' ? value.bind(store) : value;
      return async (path: string, as?: string) => {
        const content = as === 'listed' ? bundles.get(path) : undefined;
        return content === undefined ? await store.open(path) : old(path, content);
      };
    },
  });
}

async function answers(world: LookupWorld, archive: ArchiveStore): Promise<unknown> {
  const found = search({ ...(await world.places()), archive }, everything(['notes', 'pairs', 'bare']));
  const rows: unknown[] = [];
  for await (const hit of found) rows.push([hit.table, hit.tier, rowOf(hit)]);
  return { rows, problems: found.report.problems };
}

for (const [fate, isGone] of Object.entries(FATES)) {
  test(`a search finds every row when a bundle that was listed before it was replaced ${fate}`, async () => {
    await using world = new LookupWorld();
    await world.archiveAll();
    await world.consolidate(COLD_NOW);
    const bundles = new Map(
      (readdirSync(join(world.archives, 'cold'), { recursive: true }) as string[])
        .filter((name) => name.endsWith('.tar.gz'))
        .map((name) => [`cold/${name}`, readFileSync(join(world.archives, 'cold', name))]),
    );
    assert.ok(bundles.size > 0);
    using db = new DatabaseSync(world.database);
    db.exec("INSERT INTO notes (id, ts, run) VALUES ('late', '2026-01-14T00:00:00Z', 'run-1')");
    await world.archiveAll();
    await world.consolidate(COLD_NOW);
    for (const [path, old] of bundles) assert.ok(!old.equals(readFileSync(join(world.archives, path))));
    const now = await answers(world, world.archive);
    assert.ok(JSON.stringify(now, text).includes('"late"'));
    assert.deepEqual(await answers(world, listing(world.archive, bundles, isGone)), now);
  });
}

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
