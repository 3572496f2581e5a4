import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { FirnError } from '../../src/model/errors.ts';
import { parseSizes, setSizes, sizes } from '../../src/model/sizes.ts';

const isUsage = (error: unknown): boolean => error instanceof FirnError && error.code === 'usage';
const inForce = { ...sizes };
afterEach(() => setSizes(inForce));

test('sizes that are left out are as in production', () => {
  setSizes({});
  const production = { ...sizes };
  setSizes({ partBytes: 1, blockBytes: 2 });
  assert.deepEqual({ ...sizes }, { ...production, partBytes: 1, blockBytes: 2 });
  setSizes({ unitRows: 3 });
  assert.deepEqual({ ...sizes }, { ...production, unitRows: 3 });
});

test('tiny sizes make parts of 16 KiB, blocks of 1 KiB and batches of 3', () => {
  setSizes(parseSizes('tiny'));
  const { partBytes, blockBytes, unitRows, mostDeletedRows, leaseEndRows } = sizes;
  assert.deepEqual(
    { partBytes, blockBytes, unitRows, mostDeletedRows, leaseEndRows },
    { partBytes: 16384, blockBytes: 1024, unitRows: 3, mostDeletedRows: 3, leaseEndRows: 3 },
  );
});

test('what is no set of sizes is refused, and changes nothing', () => {
  for (const text of ['small', '[]', 'null', '{', '"tiny"', '7'])
    assert.throws(() => parseSizes(text), isUsage, text);
  const before = { ...sizes };
  for (const text of ['{"partByte":4}', '{"toString":4}', '{"partBytes":0}', '{"partBytes":1.5}'])
    assert.throws(() => setSizes(parseSizes(text)), isUsage, text);
  assert.throws(() => setSizes(parseSizes('{"partBytes":"9"}')), isUsage);
  assert.deepEqual({ ...sizes }, before);
});

test('no other file has a size of its own', () => {
  const src = join(import.meta.dirname, '..', '..', 'src');
  const size = /^(export )?const [A-Z_]*(BATCH|CHUNK|AHEAD|PIECE|ROWS|BLOCKS|MEMORY|_BYTES)(: number)? = \d/m;
  const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .filter((path) => size.test(readFileSync(join(src, path), 'utf8')));
  assert.deepEqual(found.sort(), [
    // Of blocks, as listed for people.
    'cli/retention/file-details-text.ts',
    // Of a BLOB, as printed for people.
    'cli/terminal/visible.ts',
    // Of a SHA-256.
    'copying/packed-units.ts',
    // The format's own.
    'format/segment/bloom.ts',
    // The most arguments of an SQL function.
    'hot/sqlite/sql/line-sql.ts',
    // Values that tell what a column of times counts in.
    'hot/sqlite/time/hint-sql.ts',
    // Rows that a check of references looks at.
    'operate/doctor/check-references.ts',
    // What makes a table without a policy worth a word.
    'operate/doctor/check-unmanaged.ts',
    // Rows that a look for time columns reads.
    'stores/time-tables.ts',
    // Of an answer that a page takes apart, and of the rows that it shows.
    'web/command-answer.ts',
    'web/pages/sql/result-rows.ts',
  ]);
});
