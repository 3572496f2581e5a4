import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

test('the printed crontab line runs the job when it is pasted into a shell', async (t) => {
  const ideas = createIdeas(t, 'my data/ideas 100%.db');
  const logs = join(ideas.folder, 'some', 'logs');
  const { status, stdout } = await firn(['schedule', 'cron', '--log-folder', logs, ...ideas.paths]);
  assert.equal(status, 0);
  const entry = stdout.split('\n').find((line) => line.startsWith('0 2 * * * '))!;
  // Cron hands the line to sh, and every \% as %; the wait is left out.
  const command = entry.slice('0 2 * * * '.length).replaceAll('\\%', '%').replace('--jitter 10min', '');
  const ran = spawnSync('/bin/sh', ['-c', command], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, '', '']);
  const log = spawnSync('cat', [join(logs, 'daily.log')], { encoding: 'utf8' }).stdout;
  assert.equal(JSON.parse(log.slice(log.indexOf('{'))).mode, 'daily');
});

test('units for systemd are printed with the place they belong to', async (t) => {
  const ideas = createIdeas(t);
  const timers = await firn(['schedule', 'systemd', ...ideas.paths], { env: { XDG_CONFIG_HOME: '/xdg' } });
  const files = timers.stdout.match(/^# .*\.(timer|service)$/gm)!;
  assert.equal(files.length, 6);
  assert.ok(files.every((line) => isAbsolute(line.slice(2))));
  const service = await firn(['schedule', 'systemd', '--service', ...ideas.paths]);
  assert.match(service.stdout, /^Type=notify$/m);
  assert.match(
    service.stdout,
    /^ExecStart=\/\S+ \/\S+\/bin\/firn\.js run --db-path \/\S+ --archive-path \/\S+$/m,
  );
});

test('the job that is never to run has no entry', async (t) => {
  const ideas = createIdeas(t);
  const config = join(ideas.folder, 'own.yaml');
  writeFileSync(config, 'schedule: { daily: "15 1 * * *", weekly: never }\n');
  const { stdout } = await firn(['schedule', 'cron', '--config', config, ...ideas.paths]);
  assert.match(stdout, /^15 1 \* \* \* .*--mode daily.*--config /m);
  assert.doesNotMatch(stdout, /--mode weekly/);
});

test('a schedule for a database that is not there is refused', async (t) => {
  const { status, stderr } = await firn([
    'schedule',
    'cron',
    '--db-path',
    join(createIdeas(t).folder, 'no.db'),
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /no\.db/);
});
