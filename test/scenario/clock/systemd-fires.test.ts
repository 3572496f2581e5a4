import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { createIdeas } from '../../cli/ideas.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const BOX = join(ROOT, 'test', 'support', 'systemd-box.sh');
const NOT_ALLOWED = 77;

// The box has a /dev/shm of its own, so its folder stands elsewhere.
process.env.TMPDIR = '/tmp';

/** What is typed in the box. The machine slept at two, three nights long; later one unit stays, and is stopped. */
const typed = (node: string): string => `
firn() { '${node}' '${join(ROOT, 'bin', 'firn.js')}' "$@" --config /srv/shared/firn.config.yaml; }
show() { systemctl show "$@"; }
firn schedule systemd --install
timer=$(basename /etc/systemd/system/firn-*-daily.timer)
service=\${timer%.timer}.service
systemctl stop "$timer"
touch -d '3 days ago' "/var/lib/systemd/timers/stamp-$timer"
systemctl start "$timer"
for _ in $(seq 300); do [ "$(show -P ExecMainExitTimestampMonotonic "$service")" != 0 ] && break; sleep 0.1; done
echo "timer: $(show -P Result "$service") $(show -P ExecMainStatus "$service") $(show -P TriggeredBy "$service" | grep -c "$timer")"
echo "sandbox: $(show -P ProtectSystem "$service") $(show -P NoNewPrivileges "$service") $(show -P PrivateDevices "$service")"
firn schedule systemd --service --install
service=$(basename /etc/systemd/system/firn-*.service)
echo "service: $(show -P Type "$service") $(show -P ActiveState "$service") $(show -P StatusText "$service")"
systemctl stop "$service"
echo "stopped: $(show -P ActiveState "$service") $(show -P Result "$service")"
firn schedule systemd --uninstall
ls /etc/systemd/system >/srv/shared/left
`;

test('under the real systemd a timer makes up for a missed night, in its sandbox, and firn run is a notifying service', async (t) => {
  if (process.getuid?.() !== 0 || !existsSync('/lib/systemd/systemd')) {
    t.skip(
      'SKIPPED: no timer of systemd fired: only root can boot one of its own, and it must be installed (apt: systemd)',
    );
    return;
  }
  const ideas = createIdeas(t);
  using db = new DatabaseSync(ideas.database);
  db.exec("DELETE FROM message_bus_log; UPDATE tool_uses SET start_time = datetime('now', '-20 days')");
  const shared = join(ideas.folder, 'shared');
  mkdirSync(shared);
  db.exec(`VACUUM INTO '${join(shared, 'ideas.db')}'`);
  const settings = { database: 'ideas.db', archives: 'archives', schedule: { jitter: '0min' } };
  writeFileSync(join(shared, 'firn.config.yaml'), JSON.stringify(settings));
  const script = join(shared, 'typed.sh');
  writeFileSync(script, typed(process.execPath));
  const box = spawnSync('sh', [BOX, shared, script], { encoding: 'utf8', timeout: 60_000 });
  if (box.status === NOT_ALLOWED || !existsSync(join(shared, 'out'))) {
    t.skip(
      `SKIPPED: no timer of systemd fired: this machine does not let root boot one of its own: ${box.stderr}`,
    );
    return;
  }
  const out = readFileSync(join(shared, 'out'), 'utf8');
  assert.match(out, /^timer: success 0 1$/m, out);
  assert.match(out, /^sandbox: strict yes yes$/m);
  assert.match(out, /^service: notify active /m);
  assert.match(out, /^stopped: inactive success$/m, out);
  const left = readFileSync(join(shared, 'left'), 'utf8');
  assert.doesNotMatch(left, /firn-/);
  await using log = await openSqliteRunLog(join(shared, 'ideas.db'));
  const first = (await log.runs()).at(-1)!;
  assert.deepEqual(
    [first.command, first.reason, first.end?.outcome, first.end?.records],
    ['job --mode daily', 'a timer', 'done', 29],
  );
  assert.ok(readdirSync(join(shared, 'archives', 'warm')).length > 0);
});
