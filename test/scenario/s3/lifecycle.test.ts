import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type RowsByTable, readWithPython, readWithZlib } from '../../support/independent/archive-rows.ts';
import { downloadByCurl } from '../../support/independent/curl-bucket.ts';
import { assertWhole } from '../../support/independent/same-rows.ts';
import { freshBucket, needsRadosgw } from '../../support/s3/radosgw/radosgw.ts';
import { rowsOfAllTables } from '../bucket/archived-bucket.ts';
import { PREFIX, S3Trial } from '../bucket/s3-trial.ts';

test('every command of a lifecycle keeps every row on a real server', needsRadosgw, async () => {
  const bucket = await freshBucket();
  using trial = new S3Trial(bucket, { rows: 250 });
  const firn = async (...argv: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await trial.firn(argv);
    assert.equal(status, 0, `${argv.join(' ')}: ${stdout}\n${stderr}`);
    return stdout;
  };
  const download = async (): Promise<{ keys: readonly string[]; rows: RowsByTable }> => {
    const folder = join(trial.folder, 'downloaded');
    rmSync(folder, { recursive: true, force: true });
    const keys = await downloadByCurl(bucket, `${PREFIX}/`, folder);
    return { keys, rows: readWithPython(folder) ?? readWithZlib(folder) };
  };
  const tables = 'exempt: [transcript_entries, skill_traces, assertion_results, assertion_chains]\n';
  trial.configure(tables);
  const spared = join(trial.folder, 'spared.db');
  copyFileSync(trial.database, spared);

  await firn('archive', 'all');
  assertWhole(trial.original, trial.database, (await download()).rows);
  await firn('cleanup', 'archives', '--consolidate-only', '--older-than', '10d');
  assertWhole(trial.original, trial.database, (await download()).rows);
  await firn('cleanup', 'archives', '--consolidate-only', '--older-than', '0d');
  const { keys, rows } = await download();
  assertWhole(trial.original, trial.database, rows);
  assert.deepEqual(
    keys.filter((key) => key.includes('/warm/') || key.includes('/.tmp/')),
    [],
  );
  const months = keys.flatMap((key) => /\/cold\/\d+\/(\d+-\d+)\.\d+\.tar\.gz$/.exec(key)?.[1] ?? []);
  assert.ok(months.length > 0 && new Set(months).size === months.length, keys.join(' '));

  const copy = join(trial.folder, 'restored.db');
  await firn('restore', 'tool_uses', '--into', copy);
  using restored = new DatabaseSync(copy, { readOnly: true });
  assert.equal(
    restored.prepare('SELECT count(*) AS n FROM tool_uses').get()!.n,
    rows.get('tool_uses')!.length,
  );
  const found = JSON.parse(
    await firn('search', '--table', 'tool_uses', '--where', 'tool=Bash', '--limit', '9999', '--json'),
  );
  assert.ok(found.complete && found.count > 0);

  await firn('erase', '--table', 'tool_uses', '--where', 'tool=Bash', '--yes');
  {
    using db = new DatabaseSync(spared, { enableForeignKeyConstraints: false });
    db.exec("DELETE FROM tool_uses WHERE tool = 'Bash'");
  }
  const expected = rowsOfAllTables(spared);
  assertWhole(expected, trial.database, (await download()).rows);

  {
    using db = new DatabaseSync(trial.database);
    const ledger = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '_firn_*'")
      .all();
    for (const { name } of ledger) db.exec(`DROP TABLE "${name}"`);
  }
  await firn('rebuild');
  await firn('verify', '--deep');
  assertWhole(expected, trial.database, (await download()).rows);

  trial.configure(`${tables}tables:\n  tool_uses: {hot: 1d, warm: 1d, cold: 1d}\n`);
  await firn('cleanup', 'archives', '--purge-only', '--yes');
  const left = await download();
  assert.deepEqual(left.rows.get('tool_uses') ?? [], []);
  expected.set('tool_uses', rowsOfAllTables(trial.database).get('tool_uses')!);
  assertWhole(expected, trial.database, left.rows);
});
