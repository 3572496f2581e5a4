import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FirnError } from '../../../src/model/errors.ts';
import { crontabBlock, hasBlock, withBlock } from '../../../src/operate/install/crontab.ts';
import { installCron, uninstallCron } from '../../../src/operate/install/install-cron.ts';
import type { Installation } from '../../../src/operate/install/installation.ts';

const HOSTILE = `/srv/it's 100%/my data\\/ideas.db`;
const OTHERS = '# mine\nMAILTO=me@example.org\n0 5 * * * /usr/bin/backup --all >/dev/null\n';

test('entries have absolute paths, make their log folder, and escape what cron and the shell would change', () => {
  const block = crontabBlock(installationOf(HOSTILE, '/var/log/firn 100%'));
  const [begin, daily, end] = block.trimEnd().split('\n');
  assert.equal(begin, `# BEGIN firn /srv/it's 100%/my data\\\\/ideas.db`);
  assert.equal(end, begin!.replace('BEGIN', 'END'));
  const command = daily!.replace(/^0 2 \* \* \* /, '');
  assert.match(command, /^umask 077; mkdir -p '\/var\/log\/firn 100\\%' && \/usr\/bin\/node /);
  // What cron hands to the shell: every \% is a %.
  const shell = command
    .replaceAll('\\%', '%')
    .replace(/^.*? && /, '')
    .replace(/ >>.*$/, '');
  const { stdout } = spawnSync('/bin/sh', ['-c', shell.replace('/usr/bin/node', "printf '%s\\n'")], {
    encoding: 'utf8',
  });
  assert.deepEqual(stdout.trimEnd().split('\n').slice(-4), ['--db-path', HOSTILE, '--jitter', '10min']);
});

test('every other line of a crontab stays as it is, whatever is put in and taken out', () => {
  const line = fc.string({ unit: 'grapheme-ascii' }).filter((text) => !/firn/.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.array(line), (before, after) => {
      const own = crontabBlock(installationOf('/a.db', '/log'));
      const other = crontabBlock(installationOf('/b.db', '/log'));
      const start = before.length === 0 ? '' : `${before.join('\n')}\n`;
      const rest = after.length === 0 ? '' : `${after.join('\n')}\n`;
      const mixed = withBlock(start, '/b.db', other) + rest;
      const both = withBlock(mixed, '/a.db', own);
      assert.ok(hasBlock(both, '/a.db') && hasBlock(both, '/b.db'));
      assert.equal(withBlock(both, '/a.db', own), both);
      assert.equal(withBlock(both, '/a.db', null), mixed);
    }),
  );
});

test('marks that somebody has torn apart are not touched', () => {
  const block = crontabBlock(installationOf('/a.db', '/log'));
  const torn = `${OTHERS}${block.split('\n')[0]}\n`;
  for (const crontab of [torn, block + block]) {
    assert.throws(
      () => withBlock(crontab, '/a.db', null),
      (error) => error instanceof FirnError && error.code === 'refused',
    );
  }
});

const listed = spawnSync('crontab', ['-l'], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
const missing =
  listed.error !== undefined
    ? 'SKIPPED: crontab is not installed (apt: cron)'
    : /no crontab for/.test(listed.stderr)
      ? null
      : 'SKIPPED: this user has a crontab, which a test leaves alone';

test(
  'the real crontab takes the entries, gives them back, and keeps all others',
  missing === null ? {} : { skip: missing },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'firn-cron-'));
    t.after(() => {
      spawnSync('crontab', ['-r']);
      rmSync(folder, { recursive: true });
    });
    const installation = installationOf(HOSTILE, join(folder, 'a', 'logs'));
    await installCron(installation, process.env);
    assert.equal(crontab(), crontabBlock(installation));
    assert.ok(existsSync(installation.logFolder));
    assert.equal(await uninstallCron(HOSTILE, process.env), true);
    assert.equal(crontab(), null);

    spawnSync('crontab', ['-'], { input: OTHERS });
    await installCron(installation, process.env);
    await installCron(installation, process.env);
    assert.equal(crontab(), OTHERS + crontabBlock(installation));
    assert.equal(await uninstallCron(HOSTILE, process.env), true);
    assert.equal(await uninstallCron(HOSTILE, process.env), false);
    assert.equal(crontab(), OTHERS);
  },
);

function crontab(): string | null {
  const { status, stdout } = spawnSync('crontab', ['-l'], { encoding: 'utf8' });
  return status === 0 ? stdout : null;
}

function installationOf(database: string, logFolder: string): Installation {
  const command = ['/usr/bin/node', '/opt/firn/bin/firn.js', 'job', '--mode', 'daily', '--db-path', database];
  return {
    database,
    writes: [],
    programs: [],
    logFolder,
    jobs: [{ job: 'daily', cron: '0 2 * * *', command }],
    service: [],
    jitterMs: 600_000,
    timeZone: null,
    user: null,
  };
}
