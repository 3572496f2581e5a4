import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { GROUPS } from '../../../src/cli/command-list.ts';
import { bashScript } from '../../../src/cli/completion/bash.ts';
import { fishScript } from '../../../src/cli/completion/fish.ts';
import { completionModel } from '../../../src/cli/completion/model.ts';
import { zshScript } from '../../../src/cli/completion/zsh.ts';
import { configText, type ProposedPlaces } from '../../../src/config/propose/config-text.ts';
import { propose } from '../../../src/config/propose/proposal.ts';
import type { TableLook } from '../../../src/config/propose/table-look.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { crontabBlock } from '../../../src/operate/install/crontab.ts';
import type { Installation } from '../../../src/operate/install/installation.ts';
import { serviceUnits, timerUnits } from '../../../src/operate/install/systemd-units.ts';

/** Parts of paths and names that mean something to one reader or another. */
const CONTROL = ['\n* * * * * touch pwned #', '\r* * * * * touch pwned', '\t', '\x1b[31m', '\x7f', '\x85'];
const ODD = [
  ...['a b', "it's", '"q"', `"both" it's`, '100% %h %%', '$HOME $x $$', '`touch pwned`', '$(touch pwned)'],
  ...[
    '# no comment',
    '; touch pwned',
    '&& touch pwned',
    '-rf',
    '--db-path',
    '=x',
    '~',
    '*?[a]',
    '{a,b}',
    '!!',
  ],
  ...[
    '\\',
    'a\\',
    '\\n',
    '\\x41',
    'ü 雪 ❄',
    '\u2028',
    ':',
    '@',
    '|',
    '<in >out',
    '[Service]',
    "'; touch pwned; '",
  ],
];

function installationOf(part: string, user: string | null): Installation {
  const database = `/srv/${part}/ideas.db`;
  const command = ['/bin/echo', '--db-path', database, '--archive-path', `/srv/a/${part}`];
  return {
    database,
    writes: [`/srv/${part}`, `/srv/a/${part}`],
    programs: [],
    logFolder: `/var/log/${part}`,
    jobs: [{ job: 'daily', cron: '0 2 * * *', command }],
    service: command,
    jitterMs: 0,
    timeZone: null,
    user,
  };
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'firn-names-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a path with a control character is refused in every generated schedule, and named in one line', () => {
  for (const part of [...CONTROL, 'not\ufffdutf8']) {
    for (const make of [
      () => crontabBlock(installationOf(part, null)),
      () => timerUnits(installationOf(part, null)),
      () => serviceUnits(installationOf(part, 'root')),
    ]) {
      assert.throws(make, (error) => {
        assert.ok(error instanceof FirnError && error.code === 'refused', String(error));
        assert.doesNotMatch(`${error.message}${error.path}`, /[\x00-\x1f\x7f]/);
        return true;
      });
    }
  }
});

test('every other path stands in a crontab line so that cron and the shell give it back', () => {
  for (const part of ODD) {
    const block = crontabBlock(installationOf(part, null)).trimEnd().split('\n');
    assert.equal(block.length, 3, part);
    const command = block[1]!.replace(/^0 2 \* \* \* /, '');
    assert.equal(spawnSync('sh', ['-n', '-c', fromCron(command)]).status, 0, part);
    const printed = fromCron(command)
      .replace(/^umask 077; mkdir -p .*? && \/bin\/echo/s, "printf '%s\\0'")
      .replace(/ >>(?!out).*$/s, '');
    const { stdout } = spawnSync('sh', ['-c', printed], { encoding: 'utf8' });
    assert.deepEqual(stdout.split('\0').slice(0, 4), installationOf(part, null).service.slice(1), part);
  }
});

/** What Debian's cron makes of a command: `\%` is a percent sign, `\\` a backslash, a percent sign ends it. */
function fromCron(command: string): string {
  let made = '';
  for (let at = 0; at < command.length; at++) {
    if (command[at] === '\\' && (command[at + 1] === '%' || command[at + 1] === '\\')) at++;
    else if (command[at] === '%') return made;
    made += command[at];
  }
  return made;
}

test('a backslash that crons read differently is refused in a crontab', () => {
  for (const part of ['a\\\\b', 'a\\%b'])
    assert.throws(() => crontabBlock(installationOf(part, null)), /backslash before/);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test(
  'every other path makes units of one line for each setting, which systemd-analyze takes',
  hasSystemd ? {} : { skip: 'SKIPPED: systemd-analyze is not installed (apt: systemd)' },
  (t) => {
    const root = folderOf(t);
    const files: string[] = [];
    for (const [at, part] of ODD.entries()) {
      const installation = installationOf(part, null);
      for (const { name, text } of [...timerUnits(installation), ...serviceUnits(installation)]) {
        const lines = text.trimEnd().split('\n');
        assert.ok(
          lines.every((line) => /^(\[(Unit|Service|Timer|Install)\]|[A-Za-z]+=.*|)$/su.test(line)),
          text,
        );
        assert.ok(
          lines.every((line) => !line.endsWith('\\')),
          text,
        );
        mkdirSync(join(root, String(at)), { recursive: true });
        files.push(join(root, String(at), name));
        writeFileSync(files.at(-1)!, text);
      }
    }
    for (let from = 0; from < files.length; from += 60) {
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', ...files.slice(from, from + 60)],
        {
          encoding: 'utf8',
        },
      );
      assert.doesNotMatch(stderr, /Invalid|Unknown|Failed|unbalanced/i, stderr);
      assert.equal(status, 0, stderr);
    }
  },
);

test('paths of the sandbox are in quotes, or refused where its setting has no escape', () => {
  const [unit] = serviceUnits(installationOf('my "data" 100%', 'root'));
  assert.match(unit!.text, /^ReadWritePaths='\/srv\/my "data" 100%%'$/m);
  for (const part of ['a\\b', `"both" it's`])
    assert.throws(() => serviceUnits(installationOf(part, 'root')), /backslash, or quotes of both kinds/);
});

test('shells evaluate nothing that a table or group of the configuration is called', (t) => {
  const hostile = [...CONTROL, ...ODD, 'x; touch pwned', '(touch pwned)'];
  const model = completionModel([], GROUPS, { tables: [], groups: [] });
  const words = ['plain_table', ...hostile];
  const flags = [{ names: ['--table'], description: 'd', value: { kind: 'words', words: [] } }] as const;
  const offered = completionModel(
    [
      [
        { name: 'archive', summary: 's' },
        { options: {}, arguments: { target: { usage: '<target>', completes: 'targets' } } },
      ],
    ] as never,
    GROUPS,
    { tables: words, groups: words },
  );
  assert.ok(model.commands.length === 0 && flags.length === 1);
  const folder = folderOf(t);
  for (const [shell, script] of [
    [
      'bash',
      `${bashScript(offered)}\nCOMP_WORDS=(firn archive ''); COMP_CWORD=2; _firn; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    ['zsh', `compdef() { :; }\n${zshScript(offered)}`],
    ['fish', `${fishScript(offered)}\ncomplete -C 'firn archive '`],
  ] as const) {
    const { status, stdout, stderr, error } = spawnSync(shell, ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (error !== undefined) continue;
    assert.deepEqual([status, stderr], [0, ''], shell);
    if (shell !== 'zsh') assert.match(stdout, /plain_table/);
    assert.doesNotMatch(script, /pwned/);
    assert.deepEqual(readdirSync(folder), [], shell);
  }
});

test('a proposed configuration reads back the same, whatever tables, columns and paths are called', () => {
  for (const name of [
    ...CONTROL,
    ...ODD,
    'null',
    '007',
    'a: b',
    '- a',
    '? a',
    '&a',
    '*a',
    '%a',
    '\n\n---\n...',
  ]) {
    const column = { name, type: 'TEXT', key: 0 };
    const id = { ...column, name: `${name}_id` };
    const time = { ...column, name: `${name} created_at` };
    const days = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
    const look: TableLook = {
      ...{ table: name, columns: [column, id, time], now: instantOfMs(Date.UTC(2026, 1, 1)), problem: null },
      samples: new Map([
        [column.name, ['a', 'b']],
        [id.name, ['a', 'b']],
        [time.name, days],
      ]),
    };
    const places: ProposedPlaces = {
      schema: 'file:///s.json',
      database: `/srv/${name}.db`,
      archives: `./${name}`,
    };
    const text = configText(
      propose([look], () => [], []),
      places,
    );
    const value = parse(text);
    assert.equal(value.database, places.database, JSON.stringify(name));
    assert.equal(value.archives, places.archives);
    const lines = text.split(/[\n\r\x85\u2028\u2029]/);
    const strange = lines.filter((line) => !/^(\s*#|\s*$|database:|archives:|preset:|tables:)/.test(line));
    assert.deepEqual(strange, [], JSON.stringify(name));
    // The settings to try are settings once the # is taken away.
    const taken = text.replace(/^( *)#(?=[^ #\n])/gm, '$1').replace(/^ {2}#( {2}\S)/gm, '  $1');
    assert.deepEqual(Object.keys(parse(taken).tables ?? {}), [name], taken);
  }
});
