import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Installation } from '../../../src/operate/install/installation.ts';
import { calendarsOf } from '../../../src/operate/install/systemd-calendar.ts';
import { serviceUnits, timerUnits, type Unit } from '../../../src/operate/install/systemd-units.ts';
import { occurrencesOf } from '../../../src/operate/schedule/occurrences.ts';
import { at } from '../runs.ts';

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const real = hasSystemd ? {} : { skip: 'SKIPPED: systemd-analyze is not installed (apt: systemd)' };

test(
  'units for paths with spaces, quotes, percent and dollar signs pass systemd-analyze verify',
  real,
  (t) => {
    const root = folder(t);
    const database = join(root, `my "data" 100% $HOME`, 'ideas.db');
    mkdirSync(join(database, '..'));
    for (const user of ['root', null]) {
      const installation = installationOf(database, user);
      verify(t, [...timerUnits(installation), ...serviceUnits(installation)]);
    }
  },
);

test('a unit of the system may do nothing but what Firn needs', () => {
  const { text } = serviceUnits(installationOf('/srv/agents/ideas.db', 'agents'))[0]!;
  const limits = text.match(/^(?:User|UMask|NoNew|Protect|Private|Restrict|Lock|Capability)[^\n]*$/gm);
  assert.deepEqual(limits, [
    'User=agents',
    'UMask=0077',
    'NoNewPrivileges=true',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'PrivateTmp=true',
    'PrivateDevices=true',
    'ProtectKernelTunables=true',
    'ProtectKernelModules=true',
    'ProtectControlGroups=true',
    'RestrictSUIDSGID=true',
    'RestrictRealtime=true',
    'LockPersonality=true',
    'CapabilityBoundingSet=',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
  ]);
});

test('the words of the command line are quoted as systemd.service(5) says', () => {
  const installation = installationOf(`/a "b"/100% $HOME/it's \\n.db`, null);
  const unit = serviceUnits(installation)[0]!;
  const line = unit.text.match(/^ExecStart=(.*)$/m)![1]!;
  assert.match(unit.text, /^Type=notify$/m);
  assert.deepEqual(unquoted(line), installation.service);
});

test('a calendar of systemd means the same instants as the cron expression', real, () => {
  for (const cron of [
    '0 2 * * *',
    '0 3 * * 0',
    '0 4 1 * *',
    '*/15 1-3 * * 1-5',
    '5,35 */6 * jan,JUL *',
    '30 1 10-20/5 2-12/2 *',
    '0 12 13 * fri',
    '7 7 * * 5-7',
  ]) {
    const { next } = occurrencesOf(cron, 'UTC');
    const expected: number[] = [];
    for (let now = at('2026-01-31T12:00:00Z'); expected.length < 6; now = expected.at(-1)!)
      expected.push(next(now)!);
    const found = new Set(calendarsOf(cron, 'UTC').flatMap((value) => iterate(value)));
    assert.deepEqual([...found].sort((a, b) => a - b).slice(0, 6), expected, cron);
  }
});

test('a timer makes up for what was missed and starts its own job with absolute paths', () => {
  const units = timerUnits(installationOf('/srv/data/ideas.db', 'agent'));
  const timer = units.find(({ name }) => name.endsWith('-daily.timer'))!.text;
  assert.match(timer, /^OnCalendar=\*-\*-\* 02:00:00$/m);
  assert.match(timer, /^Persistent=true$/m);
  assert.match(timer, /^RandomizedDelaySec=10min$/m);
  const service = units.find(({ name }) => name.endsWith('-daily.service'))!.text;
  assert.match(service, /^ExecStart=\/usr\/bin\/node \/opt\/firn\/bin\/firn\.js job --mode daily /m);
  assert.match(service, /^ProtectSystem=strict$/m);
  assert.match(service, /^ReadWritePaths=\/srv\/data$/m);
  assert.match(service, /^User=agent$/m);
});

test('a unit starts without the folder of a disk that is not mounted', (t) => {
  const installation = installationOf('/srv/data/x.db', 'agent');
  const apart = { ...installation, writes: ['/srv/data', '/mnt/cold disk'], mayBeAway: ['/mnt/cold disk'] };
  const units = timerUnits(apart);
  const { text } = units.find(({ name }) => name.endsWith('-daily.service'))!;
  assert.match(text, /^ReadWritePaths=\/srv\/data$/m);
  assert.match(text, /^ReadWritePaths="?-\/mnt\/cold disk"?$/m);
  if (hasSystemd) verify(t, units);
});

function installationOf(database: string, user: string | null): Installation {
  const firn = ['/usr/bin/node', '/opt/firn/bin/firn.js'];
  const paths = ['--db-path', database, '--archive-path', join(database, '..', 'archives')];
  return {
    database,
    writes: [join(database, '..')],
    programs: [],
    logFolder: '/var/log/firn',
    jobs: [
      { job: 'daily', cron: '0 2 * * *', command: [...firn, 'job', '--mode', 'daily', ...paths] },
      { job: 'monthly', cron: '0 4 1 * *', command: [...firn, 'job', '--mode', 'monthly', ...paths] },
    ],
    service: [...firn, 'run', ...paths],
    jitterMs: 600_000,
    timeZone: null,
    user,
  };
}

function verify(t: TestContext, units: readonly Unit[]): void {
  const root = folder(t);
  for (const { name, text } of units) {
    // The tool wants the program to be there; this one is.
    writeFileSync(join(root, name), text.replaceAll('/usr/bin/node ', `${process.execPath} `));
  }
  const paths = units.map(({ name }) => join(root, name));
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${root}:` },
  });
  const words = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line.includes(root) || units.some(({ name }) => line.includes(name)));
  assert.deepEqual({ status, words }, { status: 0, words: [] });
}

/** The next instants of a calendar, as systemd works them out. */
function iterate(calendar: string): number[] {
  const { stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['calendar', '--iterations=6', '--base-time=2026-01-31 12:00:00 UTC', calendar],
    { encoding: 'utf8', env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } },
  );
  const instants = [...stdout.matchAll(/(?:Next elapse|Iter\S* #\d+): \w+ (\S+) (\S+) UTC/g)];
  assert.ok(instants.length > 0, `${calendar}: ${stdout}${stderr}`);
  return instants.map(([, day, time]) => at(`${day}T${time}Z`));
}

/** A command line of a unit file taken apart as systemd.service(5) says. */
function unquoted(line: string): string[] {
  const words = line.match(/"(?:\\.|[^"\\])*"|[^ ]+/g) ?? [];
  return words.map((word) =>
    word
      .replace(/^"(.*)"$/s, '$1')
      .replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
      .replaceAll('%%', '%')
      .replaceAll('$$', '$'),
  );
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'firn-units-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}
