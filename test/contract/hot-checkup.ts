import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeclaredRow, declaredTable, type MakeHotPlace } from './hot-place.ts';

const events = (count: number): DeclaredRow[] =>
  Array.from({ length: count }, (_, id) => [
    `id-${id}`,
    '2026-01-20T00:00:00Z',
    id >= 10_000 && id < 20_000 ? 'old' : 'kept',
    'x'.repeat(100),
  ]);

/** What looks for a check of the installation owe their callers. */
export function hotCheckupContract(name: string, makePlace: MakeHotPlace): void {
  test(`${name}, checkup: the size of a small table is exact, that of a large one is close, with gaps too`, async () => {
    await using place = await makePlace([
      declaredTable(events(40), { name: 'small' }),
      declaredTable(events(30_000), { name: 'large' }),
      declaredTable([], { name: 'empty' }),
    ]);
    await using reader = await place.backend.reader();
    await using checkup = await place.backend.checkup();
    const sizeOf = async (table: string) => checkup.size((await reader.shape(table))!);
    assert.deepEqual(await sizeOf('empty'), { rows: 0, bytes: 0, exact: true });
    const small = await sizeOf('small');
    assert.deepEqual([small.rows, small.exact], [40, true]);
    assert.ok(small.bytes > 40 * 100 && small.bytes < 40 * 200);
    const near = ({ rows, bytes }: typeof small, expected: number): void => {
      assert.ok(Math.abs(rows / expected - 1) < 0.25, `${rows} of ${expected} rows`);
      assert.ok(bytes > rows * 100 && bytes < rows * 200, `${bytes} bytes`);
    };
    near(await sizeOf('large'), 30_000);
    place.application.delete({ table: 'large', column: 'state', value: 'old' });
    near(await sizeOf('large'), 20_000);
  });

  test(`${name}, checkup: an index counts when it begins with the columns, in any order`, async () => {
    await using place = await makePlace([
      declaredTable(events(1), { key: ['id', 'state'], indexes: [['ts', 'note']] }),
    ]);
    await using reader = await place.backend.reader();
    await using checkup = await place.backend.checkup();
    const shape = (await reader.shape('events'))!;
    for (const [columns, expected] of [
      [['ts'], true],
      [['NOTE', 'ts'], true],
      [['note'], false],
      [['state', 'id'], true],
      [['state'], false],
      [['ts', 'id'], false],
    ] as const)
      assert.equal(await checkup.hasIndex(shape, columns), expected, columns.join());
    assert.equal(await checkup.hasAgeIndex(shape, 'ts'), true);
    assert.equal(await checkup.hasAgeIndex(shape, 'note'), false);
    const { version, writer } = await checkup.engine();
    assert.match(version, /^\d+\.\d+/);
    assert.ok(writer === null || /^\d+\.\d+/.test(writer));
  });
}
