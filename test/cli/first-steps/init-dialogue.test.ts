import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { goose } from '../../support/programs/agents/goose.ts';
import { makeProgram, PROGRAM_NOW, type Program } from '../../support/programs/program.ts';
import { uptimeKuma } from '../../support/programs/services/uptime-kuma.ts';
import { piHole } from '../../support/programs/things/pi-hole.ts';
import { firn, type Outcome } from '../world.ts';
import { type Scripted, scriptedPrompter } from './scripted-prompter.ts';

interface Talk extends Outcome {
  readonly folder: string;
  readonly file: string;
  readonly shown: string;
}

async function talk(t: TestContext, program: Program, script: readonly Scripted[]): Promise<Talk> {
  const folder = place(t, program);
  const prompter = scriptedPrompter(script);
  const outcome = await firn(['init', '--db-path', 'x.db'], {
    cwd: folder,
    now: PROGRAM_NOW,
    isTTY: true,
    prompter,
  });
  return { ...outcome, folder, file: join(folder, 'firn.config.yaml'), shown: prompter.shown.join('\n\n') };
}

function place(t: TestContext, program: Program): string {
  const folder = mkdtempSync(join(tmpdir(), 'firn-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  makeProgram(program, join(folder, 'x.db'), { days: 100, rows: 300 });
  return folder;
}

async function policies(folder: string): Promise<Record<string, { hot_days: number; warm_days: number }>> {
  const { status, stdout, stderr } = await firn(['retention', 'policy', '--json'], { cwd: folder });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test('on a terminal, figures of each table are shown and the known configuration is proposed', async (t) => {
  const { status, stdout, shown, folder, file } = await talk(t, uptimeKuma, [
    [/Which tables/, undefined],
    [/How long/, undefined],
    [/Write .*firn\.config\.yaml/, undefined],
    [/dry run/, true],
  ]);
  assert.equal(status, 0);
  assert.match(shown, /This is a database of Uptime Kuma/);
  assert.match(shown, /heartbeat +300 +time +2026-02-2\d +2026-05-31 +21\d/);
  assert.match(shown, /heartbeat: 21\d of 300 rows would be archived, about \d/);
  assert.match(shown, /monitor: heartbeats and settings refer to it/);
  assert.match(shown, /21\d rows of 300 would be archived now, about \d+(\.\d+)? kB/);
  assert.match(stdout, /DRY RUN[\s\S]*heartbeat +21\d/);
  assert.ok(existsSync(file));
  assert.equal((await policies(folder)).heartbeat!.hot_days, 30);
});

test('the person chooses tables and times; a wrong time is asked for again', async (t) => {
  const { status, shown, folder, file } = await talk(t, piHole, [
    [/Which tables/, ['query_storage']],
    [/How long/, 'each'],
    [/query_storage: hot/, 'soon'],
    [/query_storage: hot/, '7d'],
    [/query_storage: warm/, '14d'],
    [/query_storage: cold/, '0d'],
    [/Write/, true],
    [/dry run/, false],
  ]);
  assert.equal(status, 0);
  assert.match(shown, /"soon" is not a duration/);
  const { query_storage: policy, ...others } = await policies(folder);
  assert.deepEqual([policy!.hot_days, policy!.warm_days, Object.keys(others)], [7, 14, []]);
  assert.match(readFileSync(file, 'utf8'), /network: not managed/);
});

test('tables that are not chosen stay commented out, also those of a known program', async (t) => {
  const { folder, file } = await talk(t, uptimeKuma, [
    [/Which tables/, []],
    [/Write/, true],
    [/dry run/, false],
  ]);
  assert.deepEqual(await policies(folder), {});
  assert.match(readFileSync(file, 'utf8'), /^ {2}#heartbeat:$/m);
});

for (const [at, script] of [
  [[/Which tables/, null]],
  [
    [/Which tables/, undefined],
    [/How long/, null],
  ],
  [
    [/Which tables/, undefined],
    [/How long/, 'same'],
    [/hot/, null],
  ],
  [
    [/Which tables/, undefined],
    [/How long/, undefined],
    [/Write/, null],
  ],
  [
    [/Which tables/, undefined],
    [/How long/, undefined],
    [/Write/, false],
  ],
].entries() as Iterable<[number, Scripted[]]>) {
  test(`cancelling at question ${at + 1} leaves nothing behind`, async (t) => {
    const { status, shown, folder } = await talk(t, uptimeKuma, script);
    assert.equal(status, 1);
    assert.match(shown, /Cancelled\. Nothing was written\./);
    assert.deepEqual(readdirSync(folder), ['x.db']);
  });
}

test('with --yes nobody is asked, and the proposal is also there as JSON', async (t) => {
  const folder = place(t, goose);
  const world = { cwd: folder, now: PROGRAM_NOW, isTTY: true };
  const read = await firn(['init', '--db-path', 'x.db', '--json'], world);
  assert.equal(read.status, 0, read.stderr);
  const { tables, left } = JSON.parse(read.stdout);
  assert.ok(tables.length > 0);
  const {
    oldest,
    rows,
    due: leaving,
    due_bytes: bytes,
  } = tables.find((one: { table: string }) => one.table === 'sessions');
  assert.ok(oldest < '2026-03-01' && rows > leaving && leaving > 0 && bytes > leaving, read.stdout);
  assert.ok(left.some((one: { table: string }) => one.table === 'schema_version'));
  assert.deepEqual(readdirSync(folder), ['x.db']);
  assert.equal((await firn(['init', '--db-path', 'x.db', '--yes'], world)).status, 0);
  assert.ok(existsSync(join(folder, 'firn.config.yaml')));
});

const PYTHON = spawnSync('python3', ['--version']).status === 0;
const CLI = join(import.meta.dirname, '../../../bin/firn.js');

/** Runs the program on a pseudo terminal; each step waits for a text on the screen, then types. */
const DRIVER = `
import os, pty, sys, json, select, time
steps = json.loads(sys.argv[1])
pid, master = pty.fork()
if pid == 0:
    os.chdir(sys.argv[2]); os.execvp(sys.argv[3], sys.argv[3:])
screen = b''
for wait, keys in steps:
    end = time.time() + 60
    while wait.encode() not in screen and time.time() < end:
        if select.select([master], [], [], 1)[0]:
            try: screen += os.read(master, 65536)
            except OSError: break
    if wait.encode() not in screen: sys.exit('missing on the screen: ' + wait + screen.decode(errors='replace'))
    screen = b''
    os.write(master, keys.encode())
while True:
    try: data = os.read(master, 65536)
    except OSError: break
    if not data: break
    screen += data
print(screen.decode(errors='replace'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

function onTerminal(
  folder: string,
  steps: readonly (readonly [wait: string, keys: string])[],
): { status: number | null; screen: string } {
  const argv = [process.execPath, CLI, 'init', '--db-path', 'x.db'];
  const { status, stdout, stderr } = spawnSync(
    'python3',
    ['-c', DRIVER, JSON.stringify(steps), folder, ...argv],
    { encoding: 'utf8', env: { ...process.env, CI: '', NO_COLOR: '1' } },
  );
  return { status, screen: stdout + stderr };
}

test('the dialogue runs on a real terminal', { skip: !PYTHON }, (t) => {
  const folder = place(t, uptimeKuma);
  const { status, screen } = onTerminal(folder, [
    ['Which tables does Firn archive?', '\r'],
    ['How long are rows kept?', '\r'],
    ['firn.config.yaml?', 'y'],
    ['dry run', 'n'],
  ]);
  assert.equal(status, 0, screen);
  assert.match(readFileSync(join(folder, 'firn.config.yaml'), 'utf8'), /^ {2}heartbeat:$/m);
});

test('Ctrl-C on a real terminal leaves nothing behind', { skip: !PYTHON }, (t) => {
  const folder = place(t, uptimeKuma);
  const { status, screen } = onTerminal(folder, [
    ['Which tables does Firn archive?', '\r'],
    ['How long are rows kept?', '\u0003'],
  ]);
  assert.equal(status, 1, screen);
  assert.match(screen, /Cancelled/);
  assert.deepEqual(readdirSync(folder), ['x.db']);
});
