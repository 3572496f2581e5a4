import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { FirnError } from '../../src/model/errors.ts';

function problemsOf(text: string): string {
  try {
    loadConfig({ flags: {}, env: {}, cwd: '/work', readFile: () => text });
  } catch (error) {
    assert.ok(error instanceof FirnError, String(error));
    assert.equal(error.code, 'config');
    return error.message;
  }
  assert.fail('it was accepted');
}

const own = 'hot: 7d, warm: 30d, cold: 1y, time_column: at';

const REFUSED: readonly (readonly [what: string, text: string, message: string | RegExp])[] = [
  [
    'a misspelled key',
    'tables:\n  tool_uses:\n    hott: 7d\n',
    'firn.config.yaml:3:5: unknown key `hott`. Did you mean `hot`?',
  ],
  [
    'a misspelled section',
    'table: {}\n',
    'firn.config.yaml:1:1: unknown key `table`. Did you mean `tables`?',
  ],
  [
    'a key like no other',
    'pace: 1\nqqqqqqqqqq: 1\n',
    /^firn.config.yaml:2:1: unknown key `qqqqqqqqqq`. Valid keys: preset, database, databases, archives/,
  ],
  [
    'an unknown key deep inside',
    'hooks:\n  on_failure:\n    comand: x\n',
    'firn.config.yaml:3:5: unknown key `comand`. Did you mean `command`?',
  ],
  ['__proto__ as a key', '__proto__: {}\n', /1:1: unknown key `__proto__`/],
  ['a duplicate key', 'pace: 1\npace: 1\n', 'firn.config.yaml:2:1: `pace` is set twice'],
  [
    'a duplicate table',
    `tables:\n  a: { ${own} }\n  a: { ${own} }\n`,
    'firn.config.yaml:3:3: `a` is set twice',
  ],
  [
    'a table twice in other letters',
    `tables:\n  a: { ${own} }\n  A: { ${own} }\n`,
    'firn.config.yaml:3:3: table A is listed twice',
  ],
  [
    'a number for a duration',
    'tables: { tool_uses: { hot: 7 } }\n',
    /1:24: `tables.tool_uses.hot`: 7 is not a duration.*7d/,
  ],
  ['a compression that Firn does not have', 'compression: xz\n', /1:1: `compression`: must be .*zstd/],
  ['a level that no compression has', 'compression_level: 10\n', /1:1: `compression_level`: must be 1 to 9/],
  ['a level in words', 'compression_level: best\n', /1:1: `compression_level`: must be a number/],
  [
    'a level of nothing',
    'compression: none\ncompression_level: 3\n',
    'firn.config.yaml:2:1: `compression: none` has no level. Remove `compression_level`.',
  ],
  [
    'a level of nothing in a table',
    'compression: none\ntables:\n  tool_uses: { compression_level: 3 }\n',
    'firn.config.yaml:3:3: table tool_uses: `compression: none` has no level. Remove `compression_level`.',
  ],
  ['a negative duration', 'tables: { tool_uses: { hot: -7d } }\n', /"-7d" is not a duration/],
  ['a duration without end', 'max_runtime: 9999y\n', /1:1: `max_runtime`: "9999y" is too long/],
  [
    'an own table without its ages',
    'tables:\n  orders: { hot: 7d }\n',
    'firn.config.yaml:2:3: table orders is not in the preset. It needs `warm`, `cold`, `time_column`',
  ],
  [
    'a misspelled table of the preset',
    'tables:\n  tool_use: { hot: 7d }\n',
    /2:3: table tool_use is not in the preset\. It needs .*\. Did you mean tool_uses\?/,
  ],
  [
    'a table without settings',
    'tables:\n  tool_uses:\n',
    /2:3: `tables.tool_uses`: must be a mapping of keys to values, found nothing/,
  ],
  [
    'a list where a mapping belongs',
    'tables: [a]\n',
    /1:1: `tables`: must be a mapping of names to values, found a list/,
  ],
  ['a text where a list belongs', 'exempt: a\n', /1:1: `exempt`: must be a list, found "a"/],
  ['a list as the whole file', '- a\n', /1:1: the file must be a mapping of keys to values, found a list/],
  [
    'a table both managed and exempt',
    `exempt: [a]\ntables: { a: { ${own} } }\n`,
    /2:11: table a has a policy and is also exempt/,
  ],
  [
    'managing what the preset keeps',
    `tables: { task_list_execution_runs: { ${own} } }\n`,
    /1:11: .*the preset keeps table .* forever/,
  ],
  ['an exempt table twice', 'exempt: [a, A]\n', /1:13: table A is listed twice/],
  ['our own tables', `tables: { _firn_receipts: { ${own} } }\n`, /one of Firn's own tables/],
  ['a group called all', `tables: { a: { ${own}, group: all } }\n`, /means all tables/],
  [
    'a group of unknown tables',
    'groups: { mine: [tool_use] }\n',
    /1:1: group mine includes tool_use, which has no policy\. Did you mean tool_uses/,
  ],
  ['a group that exists', 'groups: { transcripts: [tool_uses] }\n', /defined twice/],
  [
    'an unknown weekly table',
    'weekly_tables: [assertion]\n',
    /1:17: "assertion" is not a known table or group/,
  ],
  ['a lookup key twice', 'tables: { tool_uses: { lookup_keys: [a, A] } }\n', /a column is listed twice/],
  ['a wrong preset', 'preset: observabillity\n', /1:1: `preset`: must be \("observability" \| "none"\)/],
  [
    'a wrong cron expression',
    'schedule: { daily: 61 2 * * * }\n',
    /1:13: `schedule.daily`: .*not a cron expression/,
  ],
  ['six cron fields', 'schedule: { daily: "0 0 2 * * *" }\n', /not a cron expression/],
  ['a wrong zone', 'schedule: { time_zone: Berlin }\n', /not an IANA time zone/],
  ['a wrong quiet hour', 'quiet_hours: [25:00-26:00]\n', /1:15: .*not a time range such as/],
  ['an empty quiet span', 'quiet_hours: ["09:00-09:00"]\n', /same time/],
  ['no pace', 'pace: 0\n', /more than 0/],
  ['too much pace', 'pace: 1.5\n', /at most 1/],
  ['pace that is no number', 'pace: .nan\n', /`pace`/],
  [
    'a hook of two kinds',
    'hooks: { on_failure: { command: a, url: "http://b" } }\n',
    /either `command` or `url`/,
  ],
  ['a hook of no kind', 'hooks: { on_failure: {} }\n', /either `command` or `url`/],
  ['a hook to a file', 'hooks: { on_failure: { url: "file:///etc" } }\n', /http or https/],
  ['a home folder', 'database: ~/x.db\n', /1:1: `database`: `~` is not supported/],
  ['a database of nothing', 'database:\n', /1:1: `database`: must be a string, found nothing/],
  ['an empty path', "archives: ''\n", /must not be empty/],
  ['archives of no kind', 'archives: 5\n', /1:1: `archives`: must be a string, found 5/],
  [
    'a list of archives',
    'archives: [a, b]\n',
    /1:1: `archives`: must be a mapping of keys to values, found a list/,
  ],
  ['a tier without a location', 'archives: { warm: a }\n', /1:1: `archives.cold`: is missing/],
  ['a misspelled tier', 'archives: { warm: a, clod: b }\n', /unknown key `clod`. Did you mean `cold`?/],
  ['an empty tier', "archives: { warm: '', cold: b }\n", /`archives.warm`: must not be empty/],
  [
    'a key that is no string',
    'tables:\n  1.0: {}\n',
    'firn.config.yaml:2:3: `1.0` is not a string. Put it in quotes.',
  ],
  ['broken YAML', 'tables: {\n', /^firn.config.yaml:\d+:\d+: /],
  ['two documents', 'pace: 1\n---\npace: 1\n', /firn.config.yaml:/],
  [
    'an alias that explodes',
    `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nd: [${'*c,'.repeat(50)}]\n`,
    /alias/i,
  ],
];

for (const [what, text, message] of REFUSED) {
  test(`refused: ${what}`, () => {
    const problems = problemsOf(text);
    if (typeof message === 'string') assert.equal(problems, message);
    else assert.match(problems, message);
  });
}

test('everything wrong is said at once, in lines', () => {
  const problems = problemsOf('pace: 2\ntables:\n  tool_uses: { hot: x }\nschedule: { daily: x }\n').split(
    '\n',
  );
  assert.equal(problems.length, 3);
  assert.ok(problems.every((problem) => /^firn\.config\.yaml:\d+:\d+: `/.test(problem)));
});
