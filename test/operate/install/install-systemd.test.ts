import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FirnError } from '../../../src/model/errors.ts';
import {
  installUnits,
  type UnitPlace,
  uninstallUnits,
} from '../../../src/operate/install/install-systemd.ts';
import type { Installation } from '../../../src/operate/install/installation.ts';
import { serviceUnits, timerUnits, unitStem } from '../../../src/operate/install/systemd-units.ts';

test('units replace older ones of the same database only, are enabled, and go without a trace', async (t) => {
  const { root, place, env, calls } = system(t, 0);
  const [mine, other] = [installationOf(root, 'ideas.db'), installationOf(root, 'other.db')];
  writeFileSync(join(place.folder, 'foreign.timer'), 'not ours\n');
  await installUnits(other, timerUnits(other), place, env);
  const before = readdirSync(place.folder);
  await installUnits(mine, serviceUnits(mine), place, env);
  await installUnits(mine, timerUnits(mine), place, env);
  const stem = unitStem(mine.database);
  const own = readdirSync(place.folder).filter((name) => name.startsWith(stem));
  assert.deepEqual(own, [`${stem}-daily.service`, `${stem}-daily.timer`]);
  assert.ok(existsSync(join(root, 'archives')), 'the sandbox needs the folder');
  assert.deepEqual(calls().slice(-4), [
    `--user disable --now ${stem}.service`,
    '--user daemon-reload',
    '--user daemon-reload',
    `--user enable --now ${stem}-daily.timer`,
  ]);
  assert.equal((await uninstallUnits(mine.database, place, env)).length, 2);
  assert.deepEqual(await uninstallUnits(mine.database, place, env), []);
  assert.deepEqual(readdirSync(place.folder), before);
});

/** What stands in the folder of units and beside it. */
function snapshot(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    files
      .filter(({ name }) => name !== 'log' && name !== 'fail-at')
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, entry.isFile() ? readFileSync(path, 'utf8') : 'folder'];
      }),
  );
}

for (const present of [false, true]) {
  test(`an installation that fails at any call of systemctl leaves everything as it was, ${present ? 'with units of an earlier one' : 'and first of all without a bus'}`, async (t) => {
    for (let at = 1; ; at++) {
      const { root, place, env, calls, failAt } = system(t, 0);
      const installation = installationOf(root, 'ideas.db');
      if (present) await installUnits(installation, serviceUnits(installation), place, env);
      const before = snapshot(root);
      const began = present ? calls().length : 0;
      failAt(began + at);
      try {
        await installUnits(installation, timerUnits(installation), place, env);
        assert.ok(at > (present ? 5 : 3), `${at} calls`);
        return;
      } catch (error) {
        assert.ok(error instanceof FirnError && /no bus today/.test(error.message), String(error));
      }
      assert.deepEqual(snapshot(root), before, `call ${at}`);
      const stem = unitStem(installation.database);
      const last = calls()
        .filter((call) => /(en|dis)able/.test(call))
        .at(-1);
      if (present && last !== undefined) assert.equal(last, `--user enable --now ${stem}.service`);
      failAt(0);
    }
  });
}

test('units that cannot be removed stay as they are', async (t) => {
  const { root, place, env, calls, failAt } = system(t, 0);
  const installation = installationOf(root, 'ideas.db');
  await installUnits(installation, timerUnits(installation), place, env);
  const before = snapshot(root);
  failAt(calls().length + 2);
  await assert.rejects(uninstallUnits(installation.database, place, env), /no bus today/);
  assert.deepEqual(snapshot(root), before);
});

test('what systemctl refuses is said', async (t) => {
  const { root, place, env } = system(t, 1);
  const installation = installationOf(root, 'ideas.db');
  await assert.rejects(
    installUnits(installation, timerUnits(installation), place, env),
    (error) => error instanceof FirnError && /no bus today/.test(error.message),
  );
});

interface System {
  readonly root: string;
  readonly place: UnitPlace;
  readonly env: Record<string, string>;
  readonly calls: () => string[];
  /** The call of this number, counted from 1, fails; 0 for none. */
  readonly failAt: (call: number) => void;
}

/** A folder for units, and in the place of systemctl, whose manager a test must not touch, a program that notes what it was asked. */
function system(t: TestContext, status: number): System {
  const root = mkdtempSync(join(tmpdir(), 'firn-systemd-'));
  t.after(() => rmSync(root, { recursive: true }));
  const [folder, bin, log] = [join(root, 'units'), join(root, 'bin'), join(root, 'log')];
  mkdirSync(folder);
  mkdirSync(bin);
  const script = `#!/bin/sh
echo "$@" >>'${log}'
[ ${status} = 0 ] && [ "$(wc -l <'${log}')" -ne "$(cat '${bin}/fail-at')" ] && exit 0
echo 'no bus today' >&2
exit 1
`;
  writeFileSync(join(bin, 'fail-at'), '0');
  writeFileSync(join(bin, 'systemctl'), script, { mode: 0o755 });
  return {
    root,
    place: { folder, userManager: true },
    env: { PATH: `${bin}:/usr/bin:/bin` },
    calls: () => readFileSync(log, 'utf8').trimEnd().split('\n'),
    failAt: (call) => writeFileSync(join(bin, 'fail-at'), String(call)),
  };
}

function installationOf(root: string, file: string): Installation {
  return {
    database: join(root, file),
    writes: [root, join(root, 'archives')],
    programs: [],
    logFolder: join(root, 'logs'),
    jobs: [{ job: 'daily', cron: '0 2 * * *', command: ['/bin/true'] }],
    service: ['/bin/true'],
    jitterMs: 0,
    timeZone: null,
    user: null,
  };
}
