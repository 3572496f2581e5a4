import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredTable, type HotPlace, type MakeHotPlace } from './hot-place.ts';

const SECRET = 'a secret of 40 characters, to be erased!';

/** That a hot store can do what it says. `stored` is what its database holds on disk, logs aside. */
export function hotCapabilitiesContract(
  name: string,
  makePlace: MakeHotPlace,
  stored: (place: HotPlace) => Uint8Array,
): void {
  test(`${name}: erased bytes are overwritten where the store says so`, async () => {
    const rows = Array.from({ length: 20 }, (_, at) => [
      `id-${at}`,
      null,
      at === 7 ? 'x' : 'y',
      SECRET.repeat(3),
    ]);
    await using place = await makePlace([declaredTable(rows)]);
    if (!place.backend.capabilities.erasesInPlace) return;
    await using store = await place.backend.store({ allowsTriggers: () => false });
    await using disk = await place.backend.disk(() => 0);
    const shape = (await store.shape('events'))!;
    const all = { where: [], since: null, until: null };
    await disk.checkpoint();
    assert.ok(Buffer.from(stored(place)).includes(SECRET));
    const one = { ...all, where: [{ column: 'state', op: '=', value: 'x' } as const] };
    assert.equal(await store.rows.erase(shape, one, null, 10), 1);
    assert.equal(place.application.count('events'), 19);
    let erased = 0;
    for (let some = 1; some > 0; erased += some) some = await store.rows.erase(shape, all, null, 10);
    assert.equal(erased, 19);
    await disk.checkpoint();
    assert.ok(!Buffer.from(stored(place)).includes(SECRET));
  });
}
