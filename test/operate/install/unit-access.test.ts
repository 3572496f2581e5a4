import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FirnError } from '../../../src/model/errors.ts';
import type { Installation } from '../../../src/operate/install/installation.ts';
import { timerUnits } from '../../../src/operate/install/systemd-units.ts';
import { Undo } from '../../../src/operate/install/undo.ts';
import { prepareAccess } from '../../../src/operate/install/unit-access.ts';

/** Somebody whom the system need not know. */
const AGENT = 54_321;
const isRoot = process.getuid?.() === 0;
/** Not an npm package; a constant keeps knip from asking for one. */
const SETPRIV = 'setpriv';
const hasSetpriv = spawnSync(SETPRIV, ['--version']).status === 0;
const asRoot =
  isRoot && hasSetpriv
    ? {}
    : { skip: 'SKIPPED: only root installs units that run as somebody else, and setpriv is needed to ask' };

test(
  'the folders that the jobs need are made, and belong to the owner of the database',
  asRoot,
  async (t) => {
    const { installation, archives } = place(t);
    await prepareAccess(installation, process.env, new Undo());
    for (const folder of [archives, dirname(archives)]) {
      assert.deepEqual([statSync(folder).uid, statSync(folder).mode & 0o777], [AGENT, 0o700], folder);
    }
  },
);

test(
  'what the jobs could not write is named before anything is installed, with the remedy',
  asRoot,
  async (t) => {
    const { installation, archives } = place(t);
    const { database } = installation;
    mkdirSync(dirname(archives));
    // As root's first job leaves them.
    mkdirSync(join(archives, 'warm'), { recursive: true, mode: 0o700 });
    writeFileSync(`${database}.firn-lock`, '', { mode: 0o644 });
    const refused = await refusal(installation);
    assert.match(
      refused.message,
      new RegExp(`user ${AGENT}, the owner of the database, who has no permission to write`),
    );
    for (const path of [archives, join(archives, 'warm'), `${database}.firn-lock`]) {
      assert.ok(refused.message.includes(path), path);
    }
    assert.equal(spawnSync('/bin/sh', ['-c', refused.hint!.replace('As root: ', '')]).status, 0);
    await prepareAccess(installation, process.env, new Undo());
  },
);

test('a Firn in a folder that is closed to the account is refused', asRoot, async (t) => {
  const { root, installation } = place(t);
  const home = join(root, 'home');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, 'firn.js'), '');
  const refused = await refusal({ ...installation, programs: [process.execPath, join(home, 'firn.js')] });
  assert.match(refused.message, /no permission to read/);
  assert.match(refused.hint!, /\/opt\/firn/);
});

test('root without its right to everything is asked the same', asRoot, async (t) => {
  const { installation } = place(t);
  chownSync(installation.database, 0, 0);
  const refused = await refusal({ ...installation, user: 'root' });
  assert.match(refused.message, /user 0, the owner of the database, who has no permission to write/);
});

test('units do not hide a Firn that lives in the temporary folder', () => {
  for (const [program, isPrivate] of [
    ['/opt/firn/bin/firn.js', true],
    ['/tmp/firn/bin/firn.js', false],
  ] as const) {
    const units = timerUnits({ ...sample('/srv/a.db', ['/srv']), user: 'agent', programs: [program] });
    assert.equal(units[1]!.text.includes('PrivateTmp=true'), isPrivate, program);
  }
});

async function refusal(installation: Installation): Promise<FirnError> {
  const error = await prepareAccess(installation, process.env, new Undo()).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FirnError && error.code === 'refused', String(error));
  return error;
}

function place(t: TestContext): { root: string; archives: string; installation: Installation } {
  const root = mkdtempSync(join(tmpdir(), 'firn-access-'));
  t.after(() => rmSync(root, { recursive: true }));
  chmodSync(root, 0o755);
  const folder = join(root, 'database');
  mkdirSync(folder);
  const database = join(folder, 'ideas.db');
  writeFileSync(database, '');
  for (const path of [folder, database]) chownSync(path, AGENT, AGENT);
  const archives = join(root, 'cold storage', 'archives');
  return { root, archives, installation: sample(database, [folder, archives]) };
}

function sample(database: string, writes: readonly string[]): Installation {
  return {
    ...{ database, writes, logFolder: '/var/log/firn', service: [], jitterMs: 0, timeZone: null },
    user: String(AGENT),
    programs: ['/bin/sh'],
    jobs: [{ job: 'daily', cron: '0 2 * * *', command: ['/bin/true'] }],
  };
}
