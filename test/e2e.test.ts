import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

test('every documented command and job mode works from end to end (test/e2e.sh)', (t) => {
  const { status, stdout, stderr } = spawnSync('bash', [join(import.meta.dirname, 'e2e.sh')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /\nAll E2E tests PASSED\n$/);
  t.diagnostic(stdout.match(/\d+ checks in \d+ s/)![0]);
});
