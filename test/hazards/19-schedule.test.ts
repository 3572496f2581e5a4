import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../cli/ideas.ts';
import { FirnProcess } from '../support/faults/firn-process.ts';

test('hazard 19: the cron lines run as they are printed, on a machine where no folder is there yet', async (t) => {
  // Names that cron and the shell would take for something else.
  const ideas = createIdeas(t, "100% of it's ideas.db");
  const home = join(ideas.folder, 'home');
  const env = { HOME: home, XDG_STATE_HOME: '', XDG_CONFIG_HOME: '', FIRN_CONFIG: '' };
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, 'schedule: {jitter: 0min}\n');
  const logs = join(ideas.folder, 'no such', 'folder %d');
  const printed = await FirnProcess.run(
    ['schedule', 'cron', '--log-folder', logs, '--config', config, ...ideas.paths],
    {
      env,
      cwd: ideas.folder,
    },
  );
  assert.equal(printed.status, 0, printed.stderr);
  const lines = printed.stdout.split('\n').filter((line) => /^[\d*]/.test(line));
  assert.equal(lines.length, 3, printed.stdout);
  assert.ok(!existsSync(logs), 'printing makes nothing');
  for (const line of lines) {
    const command = line.split(' ').slice(5).join(' ');
    // Cron ends the command at a percent sign that stands alone, and takes the backslash away before another.
    assert.doesNotMatch(command, /(?<!\\)%/);
    execFileSync('/bin/sh', ['-c', command.replaceAll('\\%', '%')], {
      cwd: '/',
      timeout: 60_000,
      env: { HOME: home, PATH: '/usr/bin:/bin', SHELL: '/bin/sh' },
    });
  }
  for (const job of ['daily', 'weekly', 'monthly']) {
    const log = readFileSync(join(logs, `${job}.log`), 'utf8');
    assert.match(log, new RegExp(`"mode": "${job}"`), log);
  }
  assert.deepEqual(
    ideas.ids('tool_uses').filter((id) => id !== 't01'),
    [],
    'the rows have left',
  );
});
