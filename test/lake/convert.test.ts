import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { InvalidText, type SqlValue } from '../../src/format/line/line.ts';
import type { Footer, SegmentHead } from '../../src/format/segment/segment.ts';
import { LakeConverter } from '../../src/lake/convert/lake-converter.ts';
import type { ErasureOrder } from '../../src/model/erasure.ts';
import { setSizes, sizes } from '../../src/model/sizes.ts';
import { writeSegment } from '../support/archives/written-segment.ts';
import { askClickHouse, withoutClickHouse } from '../support/independent/clickhouse.ts';
import { askDuck } from '../support/independent/duckdb.ts';
import { cellsOf, type ParquetRows, parquetRows, type Stored } from '../support/independent/parquet-rows.ts';
import { segmentCells, withoutNulls } from '../support/lake-check.ts';

const inForce = { ...sizes };
afterEach(() => setSizes(inForce));

type Rows = readonly (readonly SqlValue[])[];

interface Made {
  readonly segment: string;
  readonly footer: Footer;
}

class World implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'firn-convert-'));
  readonly archive: ArchiveStore = openFolder(join(this.folder, 'archives'));
  readonly made: Made[] = [];

  async write(columns: readonly string[], rows: Rows, head: Partial<SegmentHead> = {}): Promise<void> {
    const day = `2026-01-${String(10 + this.made.length)}`;
    this.made.push(await writeSegment(this.archive, day, columns, rows, head));
  }

  /** Converts all segments into one file; an independent reader must find every cell of each line, in their order. */
  async convert(orders: readonly ErasureOrder[] = []): Promise<ParquetRows & { readonly bytes: Uint8Array }> {
    await using converter = new LakeConverter({ archive: this.archive, orders, owner: this.folder });
    const segments = this.made.map(({ segment, footer }) => {
      return { segment, tier: 'warm', digest: footer.digest } as const;
    });
    const made = await converter.convert({ table: 't', period: '2026-01', segments });
    const bytes = readFileSync(made.localPath);
    const found = await parquetRows(bytes);
    const expected = [];
    for (const { segment } of this.made) expected.push(...(await segmentCells(this.archive, segment)));
    assert.deepEqual(found.rows.map(withoutNulls), expected.map(withoutNulls));
    assert.equal(made.rows, expected.length);
    return { ...found, bytes };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const COLUMNS = [
  'id/INTEGER',
  'x/REAL',
  'words/TEXT',
  'data/BLOB',
  'price/DECIMAL(10,2)',
  'free/',
  'at/DATETIME',
];

const TAME: Rows = [
  [1n, 1.5, 'plain', new Uint8Array([0, 1, 255]), 12n, 'text', '2026-01-10 10:00:00'],
  [2n, -0.1, '', new Uint8Array(), 1.25, null, null],
  [null, null, null, null, null, null, null],
  [2n ** 63n - 1n, 1e300, 'quote " back \\ tab \t line \n {"$blob":"x"} 5', null, 3e-7, 'x', 1768039200n],
  [-(2n ** 63n), 5e-324, '12', null, 2n ** 53n + 1n, '5 apples', '-'],
  [0n, 0.30000000000000004, 'ü☃😀\u2028', null, -7n, 'true', 'null'],
];

const ODD: Rows = [
  [1.5, 2n, 5n, 'text', Infinity, '5', '17'],
  ['a word', 'a word', new Uint8Array([1]), 7n, new Uint8Array([2]), '-0.0', '1e5'],
  [new Uint8Array([3]), Infinity, new InvalidText(new Uint8Array([0xff, 0x41])), 0.5, -0, 1.5, 'x'],
  [Infinity, -Infinity, -0, null, new InvalidText(new Uint8Array([0xc3])), 0n, ''],
  [7n, -0, 'with\u0000nul', new Uint8Array([9]), '12', 'NaN', '007'],
];

function writerOf({ metadata }: ParquetRows): string {
  return metadata.created_by?.startsWith('DuckDB') ? 'DuckDB' : (metadata.created_by ?? '');
}

test('ordinary rows are written by DuckDB, and hold every cell in its column', async () => {
  setSizes({ lakeDuckBytes: 1 });
  using world = new World();
  await world.write(COLUMNS, TAME);
  const found = await world.convert();
  assert.equal(writerOf(found), 'DuckDB');
  assert.equal(found.firn.exact_rows, 0);
});

test('rows with cells of other kinds are written line by line, and lose nothing', async () => {
  setSizes({ lakeDuckBytes: 1 });
  for (const row of ODD) {
    using world = new World();
    await world.write(COLUMNS, [...TAME, row]);
    const found = await world.convert();
    assert.equal(writerOf(found), 'firn', String(row));
    assert.ok(Number(found.firn.exact_rows) <= 1);
  }
});

test('both writers give the same columns of the same types', async () => {
  using world = new World();
  await world.write(COLUMNS, TAME);
  setSizes({ lakeDuckBytes: 1 });
  const duck = await world.convert();
  setSizes({ lakeDuckBytes: 1 << 30 });
  const script = await world.convert();
  assert.deepEqual([writerOf(duck), writerOf(script)], ['DuckDB', 'firn']);
  const shape = ({ metadata }: ParquetRows) =>
    metadata.schema.slice(1).map(({ name, type, converted_type }) => [name, type, converted_type ?? null]);
  // DuckDB gives integers a converted type.
  const plain = shape(duck).map(([name, type, kind]) => [name, type, kind === 'INT_64' ? null : kind]);
  assert.deepEqual(plain, shape(script));
  assert.deepEqual(duck.rows, script.rows);
});

test('columns that partitions, _exact or other columns would hide are found in _exact', async () => {
  for (const lakeDuckBytes of [1, 1 << 30]) {
    setSizes({ lakeDuckBytes });
    using world = new World();
    const names = ['day', 'table', '_exact', '_DAY', '_table', 'É', 'é', 'it"s \\ [odd]', ' '];
    await world.write(
      names.map((name) => `${name}/TEXT`),
      [names.map((name) => `value of ${name}`), names.map(() => null)],
    );
    const found = await world.convert();
    const columns = found.metadata.schema.slice(1).map(({ name }) => name);
    assert.deepEqual(columns, ['day', 'table', 'É', 'it"s \\ [odd]', ' ', '_archived_at', '_exact']);
  }
});

test('days with other columns, other types and other cases become one file', async () => {
  for (const lakeDuckBytes of [1, 1 << 30]) {
    setSizes({ lakeDuckBytes, lakeGroupBytes: 1 });
    using world = new World();
    await world.write(['id/INTEGER', 'gone/TEXT', 'Same/TEXT', 'n/INTEGER'], [[1n, 'old', 'a', 7n]]);
    await world.write(
      ['id/INTEGER', 'Same/TEXT', 'n/TEXT'],
      [
        [2n, 'b', '7'],
        [3n, 'c', 'seven'],
      ],
    );
    await world.write(
      ['id/INTEGER', 'Same/TEXT', 'n/REAL', 'new/BLOB'],
      [[4n, 'd', 7.5, new Uint8Array([1])]],
    );
    const found = await world.convert();
    const columns = found.metadata.schema.slice(1).map(({ name }) => name);
    assert.deepEqual(columns, ['id', 'Same', 'n', 'new', '_archived_at', 'gone', '_exact']);
    assert.deepEqual(found.firn.any_columns, ['n']);
  }
});

test('any values in any columns survive either writer', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('5', '-1.5', '1e9', '{"$real":"x"}', 'null'),
  );
  const value: fc.Arbitrary<SqlValue> = fc.oneof(
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
    text.map((some) => some.toWellFormed()),
    fc.uint8Array(),
    fc
      .uint8Array({ minLength: 1 })
      .map((bytes) => new InvalidText(Buffer.concat([bytes, Buffer.from([0xff])]))),
  );
  const row = fc.tuple(...COLUMNS.map(() => value));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), fc.boolean(), async (rows, small) => {
      setSizes({ lakeDuckBytes: 1, ...(small ? { lakeScriptGroupBytes: 1 } : {}) });
      using world = new World();
      await world.write(COLUMNS, rows);
      await world.convert();
    }),
    { numRuns: 40 },
  );
});

test('ordinary values of any kind are the same by DuckDB', async () => {
  const columns: Record<string, fc.Arbitrary<SqlValue>> = {
    'i/BIGINT': fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    'r/DOUBLE': fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
    't/TEXT': fc.string({ unit: 'grapheme' }),
    'b/BLOB': fc.uint8Array(),
    'n/NUMERIC': fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
      fc.string({ unit: 'grapheme-ascii' }).filter((some) => !/^-?\d/.test(some)),
    ),
  };
  const row = fc.tuple(...Object.values(columns).map((some) => fc.option(some)));
  setSizes({ lakeDuckBytes: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 50, maxLength: 200 }), async (rows) => {
      using world = new World();
      await world.write(Object.keys(columns), rows);
      assert.equal(writerOf(await world.convert()), 'DuckDB');
    }),
    { numRuns: 8 },
  );
});

test('a segment with rows that were to be erased is not converted', async () => {
  using world = new World();
  await world.write(COLUMNS, TAME);
  const where = [{ column: 'words', op: '=', value: 'plain' }] as const;
  const order = { table: 'T', where, since: null, until: null, erasedAt: '2026-02-01T03:00:00Z' };
  await assert.rejects(world.convert([order]), {
    code: 'refused',
    message: /ordered to be erased/,
  });
  await world.convert([{ ...order, erasedAt: '2026-01-01T03:00:00Z' }]);
  await world.convert([{ ...order, table: 'other' }]);
});

test('a segment that is missing, damaged or another one is not converted', async () => {
  using world = new World();
  await world.write(COLUMNS, TAME);
  const [{ segment, footer }] = world.made as [Made];
  await using converter = new LakeConverter({ archive: world.archive, orders: [], owner: world.folder });
  const one = { segment, tier: 'warm', digest: footer.digest } as const;
  const convert = (other: object) =>
    converter.convert({ table: 't', period: '2026-01-10', segments: [{ ...one, ...other }] });
  await assert.rejects(convert({ digest: 'e'.repeat(64) }), { code: 'integrity' });
  await assert.rejects(convert({ segment: '2026-01-11/t.jsonl.gz' }), { code: 'integrity' });
});

test('DuckDB and ClickHouse give back every cell', { skip: withoutClickHouse }, async () => {
  for (const lakeDuckBytes of [1, 1 << 30]) {
    setSizes({ lakeDuckBytes });
    using world = new World();
    await world.write(COLUMNS, lakeDuckBytes === 1 ? TAME : [...TAME, ...ODD]);
    const { bytes, metadata, firn, rows } = await world.convert();
    const path = join(world.folder, 'out.parquet');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, bytes);
    const columns = metadata.schema.slice(1).map(({ name, type, converted_type: kind }) => {
      return { name, type: type === 'BYTE_ARRAY' && kind === 'UTF8' ? 'UTF8' : type! };
    });
    const any = new Set(firn.any_columns);
    const asRows = (answer: unknown[][], read: (type: string, value: unknown) => Stored) =>
      answer.map((values) => {
        const row = columns.map(({ name, type }, at) => [name, read(type, values[at])] as const);
        return cellsOf(Object.fromEntries(row), any);
      });
    const duck = await askDuck(
      `SELECT ${columns.map(({ name, type }) => (type === 'BYTE_ARRAY' ? `hex("${name}")` : `"${name}"`)).join(', ')} FROM '${path}'`,
    );
    const fromDuck = (type: string, value: unknown): Stored =>
      value !== null && type === 'BYTE_ARRAY' ? Buffer.from(String(value), 'hex') : (value as Stored);
    assert.deepEqual(asRows(duck, fromDuck), rows);
    const [clickHouse] = await askClickHouse([
      `SELECT ${columns
        .map(({ name, type }) => {
          if (type === 'BYTE_ARRAY') return `hex("${name}")`;
          return type === 'DOUBLE' ? `reinterpretAsUInt64("${name}")` : `"${name}"`;
        })
        .join(', ')} FROM file('${path}', 'Parquet')`,
    ]);
    const fromClickHouse = (type: string, value: unknown): Stored => {
      if (value === null) return null;
      if (type === 'BYTE_ARRAY') return Buffer.from(String(value), 'hex');
      if (type === 'INT64') return BigInt(String(value));
      if (type === 'DOUBLE') return new Float64Array(new BigUint64Array([BigInt(String(value))]).buffer)[0]!;
      return String(value);
    };
    assert.deepEqual(asRows(clickHouse!, fromClickHouse), rows);
  }
});
