import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

test('a process that has too many files open for a moment reads archives and opens databases all the same', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-many-files-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'warm'));
  writeFileSync(join(folder, 'warm/a'), 'text');
  const database = join(folder, 'a.db');
  {
    using db = new DatabaseSync(database);
    db.exec('CREATE TABLE t (id)');
  }
  const program = join(import.meta.dirname, 'too-many-open-files.ts');
  const limited = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, program];
  const printed = execFileSync('sh', [...limited, folder, 'warm/a', database], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(printed), { text: 'text', tables: ['t'], waits: [50, 250, 50, 250] });
});
