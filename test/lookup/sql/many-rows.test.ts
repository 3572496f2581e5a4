import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { writeBundle } from '../../../src/format/bundle/bundle-writer.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { exportParquet } from '../../../src/lookup/search/export-lines.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { asFormatOne } from '../../support/archives/format-one.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { askDuck } from '../../support/independent/duckdb.ts';
import { manyRows } from '../../support/worlds/many-rows.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const ROWS = 100_000;
const SUM = (ROWS * (ROWS - 1)) / 2;

for (const format of [1, 2]) {
  for (const tier of ['warm', 'cold']) {
    test(`${ROWS} small rows of a ${tier} segment of format ${format} are read by SQL and written as Parquet`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'firn-many-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const current = await manyRows(ROWS);
      const file = format === 1 ? new MemoryFile(asFormatOne(current.content)) : current;
      if (tier === 'warm') {
        mkdirSync(join(folder, 'warm/2026-01-16'), { recursive: true });
        writeFileSync(join(folder, 'warm/2026-01-16/many.jsonl.gz'), file.content);
      } else {
        const bundle = new MemoryFile();
        await writeBundle(bundle, '2026-01', [{ name: '2026-01-16/many.jsonl.gz', source: file }]);
        mkdirSync(join(folder, 'cold/2026'), { recursive: true });
        writeFileSync(
          join(folder, 'cold/2026/2026-01.tar.gz'),
          format === 1 ? asFormatOne(bundle.content) : bundle.content,
        );
      }
      const policies = buildPolicySet([policyOf('many')]);
      const places = { hot: null, archive: openFolder(folder), dialect: sqlite, policies };
      await using session = await SqlSession.open(places, everything(['many']));
      const answer = await session.run(
        'SELECT count(*), sum(n)::DOUBLE, count(DISTINCT id), max(_tier) FROM many',
      );
      const rows: unknown[] = [];
      for await (const piece of answer.rows) rows.push(...piece);
      assert.deepEqual(rows, [[BigInt(ROWS), SUM, BigInt(ROWS), tier]]);
      assert.deepEqual(answer.problems, []);
      const out = join(folder, 'out.parquet');
      writeFileSync(out, '');
      assert.equal((await exportParquet(places, everything(['many']), out)).rows, ROWS);
      const written = await askDuck(`SELECT count(*), sum(n)::DOUBLE, count(DISTINCT id) FROM '${out}'`);
      assert.deepEqual(written, [[BigInt(ROWS), SUM, BigInt(ROWS)]]);
    });
  }
}
