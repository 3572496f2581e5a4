import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { createIdeas } from '../../cli/ideas.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'firn.js');
const LONGEST_MS = 60_000;

// The night has a /dev/shm of its own, so its folder stands elsewhere.
process.env.TMPDIR = '/tmp';

/** In mounts of its own: a spool, no entries of the system, and a cron that believes it is three seconds to two. */
const NIGHT = `
set -e
mount --bind "$1/spool" /var/spool/cron/crontabs
mount --bind "$1/none" /etc/cron.d
[ ! -e /etc/crontab ] || mount --bind /dev/null /etc/crontab
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
cd "$1"
"$2" "$3" schedule cron --install --config "$1/firn.config.yaml" --log-folder "$1/log 100%/firn" >&2
crontab -l
exec faketime '2026-03-03 01:59:57' cron -f
`;

/** Not npm packages; a constant keeps knip from asking for one. */
const UNSHARE = 'unshare';
const tools = ['cron', 'crontab', 'faketime', UNSHARE];
const absent = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
const why =
  absent.length > 0
    ? `${absent.join(', ')} not installed (apt: cron faketime util-linux)`
    : process.getuid?.() !== 0 || spawnSync(UNSHARE, ['--mount', '--pid', '--fork', 'true']).status !== 0
      ? 'only root may give cron a spool of its own'
      : null;
const real = why === null ? {} : { skip: `SKIPPED: no cron daemon was started: ${why}` };

test('the real cron daemon runs the installed entry at two, in its poor environment', real, async (t) => {
  const ideas = createIdeas(t, "my ideas' 100%.db");
  using db = new DatabaseSync(ideas.database);
  db.exec("DELETE FROM message_bus_log; UPDATE tool_uses SET start_time = datetime('now', '-20 days')");
  for (const name of ['spool', 'none']) mkdirSync(join(ideas.folder, name));
  const settings = { database: ideas.database, archives: 'archives', schedule: { jitter: '0min' } };
  writeFileSync(join(ideas.folder, 'firn.config.yaml'), JSON.stringify(settings));
  const isolated = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NIGHT, 'night'];
  const night = spawn(UNSHARE, [...isolated, ideas.folder, process.execPath, LAUNCHER], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(async () => {
    if (night.exitCode === null && night.kill('SIGKILL')) await once(night, 'exit');
  });
  let said = '';
  for (const stream of [night.stdout, night.stderr]) stream.on('data', (chunk) => (said += String(chunk)));

  const file = join(ideas.folder, 'log 100%', 'firn', 'daily.log');
  const printed = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await using log = await openSqliteRunLog(ideas.database);
  const deadline = performance.now() + LONGEST_MS;
  for await (const _ of setInterval(100)) {
    const [run] = await log.runs(1);
    // The job prints its report when the run has been recorded.
    if (run?.end != null && printed().includes('total_archived')) break;
    assert.ok(night.exitCode === null && performance.now() < deadline, `cron did not fire: ${said}`);
  }
  const [run] = await log.runs(1);
  assert.deepEqual(
    [run!.command, run!.reason, run!.end?.outcome, run!.end?.records],
    ['job --mode daily', 'a timer', 'done', 29],
  );
  assert.deepEqual(ideas.ids('tool_uses'), ['t01'], 'the open one stays');
  assert.match(printed(), /"total_archived": 29/);
});
