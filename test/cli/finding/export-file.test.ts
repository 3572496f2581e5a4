import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statfsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { mountTmpfs } from '../../support/faults/disk/tmpfs.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn } from '../world.ts';

/** A database with two thousand archived rows of a kilobyte. */
async function archived(t: TestContext): Promise<Ideas> {
  const ideas = createIdeas(t);
  using db = new DatabaseSync(ideas.database);
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
    INSERT INTO tool_uses SELECT printf('x%04d', i), hex(randomblob(500)), 'bash', 'done', '2026-05-04T12:00:00Z' FROM n`);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return ideas;
}

for (const format of ['jsonl', 'csv', 'parquet']) {
  test(`an export that the disk has no room for says so and leaves no file (${format})`, async (t) => {
    const disk = mountTmpfs(1 << 20);
    if (disk.folder === null) return t.skip(`NOT TRIED: ${disk.reason}`);
    t.after(disk.unmount);
    const { paths } = await archived(t);
    const { bavail, bsize } = statfsSync(disk.folder);
    writeFileSync(join(disk.folder, 'filler'), new Uint8Array(bavail * bsize - (200 << 10)));
    const output = join(disk.folder, `out.${format}`);
    const words = ['export', 'tool_uses', '--format', format, '--output', output, ...paths];
    const { status, stderr } = await firn(words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /disk is full|no space/i);
    assert.doesNotMatch(stderr, /unexpected/);
    assert.deepEqual(readdirSync(disk.folder), ['filler']);
  });

  test(`an export has its name only when it is whole, and takes no other file's (${format})`, async (t) => {
    const { paths, folder } = await archived(t);
    const output = join(folder, `out.${format}`);
    const words = ['export', 'tool_uses', '--format', format, '--output', output, ...paths];
    // Left by one that was killed, or put there by somebody else.
    const temporary = join(folder, `.out.${format}.firn-tmp`);
    writeFileSync(join(folder, 'precious'), 'precious');
    symlinkSync(join(folder, 'precious'), temporary);
    assert.equal((await firn(words)).status, 0);
    assert.equal(readFileSync(join(folder, 'precious'), 'utf8'), 'precious');
    assert.equal(statSync(output).mode & 0o777, 0o600);
    assert.ok(!readdirSync(folder).includes(`.out.${format}.firn-tmp`));
    const bytes = readFileSync(output);
    const again = await firn(words);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /the file exists already/);
    assert.deepEqual(readFileSync(output), bytes);
  });
}
