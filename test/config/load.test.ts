import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetConfig } from '../../src/config/fleet-config.ts';
import { type ConfigSources, loadConfig, loadConfiguration } from '../../src/config/load.ts';
import { policiesJson } from '../../src/library/answers/retention/policies-answer.ts';
import { FirnError } from '../../src/model/errors.ts';
import type { Config } from '../../src/model/policy/config.ts';
import { getPolicy, resolveTarget } from '../../src/model/policy/policies.ts';

const DAY = 86_400_000;

function load(files: Record<string, string>, sources: Partial<ConfigSources> = {}): Config {
  return loadConfig({
    flags: {},
    env: {},
    cwd: '/work',
    readFile: (path) => files[path] ?? null,
    ...sources,
  });
}

const fromFile = (text: string): Config => load({ '/work/firn.config.yaml': text });

test('with nothing said, the defaults and the preset hold', () => {
  const config = load({});
  assert.equal(config.database.text, '/work/database/ideas.db');
  assert.equal(config.archives.text, '/work/archives');
  assert.equal(config.policies.policies.size, 6);
  assert.deepEqual(config.weeklyTables, ['assertion_results', 'assertion_chains']);
  assert.deepEqual(config.schedule, {
    daily: '0 2 * * *',
    weekly: '0 3 * * 0',
    monthly: '0 4 1 * *',
    jitterMs: null,
    timeZone: null,
  });
  assert.equal(config.pace, 1);
  assert.equal(config.origins.file, null);
  assert.deepEqual(config.origins.database, { from: 'default', detail: 'default', overrides: [] });
});

test('flag, then environment, then file, then default', () => {
  const files = { '/work/firn.config.yaml': 'database: file.db\narchives: here\n' };
  const env = { FIRN_DB: 'env.db' };
  const all = load(files, { flags: { dbPath: 'flag.db' }, env });
  assert.equal(all.database.text, '/work/flag.db');
  assert.deepEqual(all.origins.database, {
    from: 'flag',
    detail: '--db-path',
    overrides: [
      { detail: 'FIRN_DB', value: '/work/env.db' },
      { detail: 'firn.config.yaml:1:1', value: '/work/file.db' },
    ],
  });
  assert.equal(load(files, { env }).database.text, '/work/env.db');
  assert.equal(load(files, { env: { FIRN_DB: '' } }).database.text, '/work/file.db');
  assert.deepEqual(load(files).origins.archives, {
    from: 'file',
    detail: 'firn.config.yaml:2:1',
    overrides: [],
  });
});

test('relative paths in the file start at the file, those of flags and environment where one stands', () => {
  const files = { '/etc/firn/my.yaml': 'database: data/x.db\narchives: /srv/archives\n' };
  const config = load(files, { flags: { config: '../etc/firn/my.yaml' }, env: { FIRN_ARCHIVES: 'a' } });
  assert.equal(config.database.text, '/etc/firn/data/x.db');
  assert.equal(config.archives.text, '/work/a');
  assert.equal(config.origins.file, '/etc/firn/my.yaml');
  assert.equal(load(files, { env: { FIRN_CONFIG: '/etc/firn/my.yaml' } }).archives.text, '/srv/archives');
});

test('a file that is named and missing is an error, whoever named it', () => {
  for (const named of [{ flags: { config: 'no.yaml' } }, { env: { FIRN_CONFIG: 'no.yaml' } }]) {
    assert.throws(
      () => load({}, named),
      (error: unknown) =>
        error instanceof FirnError && error.code === 'config' && error.message.includes('/work/no.yaml'),
    );
  }
});

test('an empty flag is wrong usage', () => {
  for (const flags of [{ dbPath: '' }, { archivePath: '' }, { config: '' }]) {
    assert.throws(
      () => load({}, { flags }),
      (error: unknown) => error instanceof FirnError && error.code === 'usage',
    );
  }
});

test('an empty file, and empty sections, say nothing', () => {
  for (const text of ['', '# only a comment\n', 'tables:\ngroups:\nexempt:\n']) {
    assert.equal(fromFile(text).policies.policies.size, 6);
  }
});

test('the file changes the preset key by key', () => {
  const { policies, origins } = fromFile(`
compression: none
tables:
  Tool_Uses:
    hot: 14d
    open_while: null
    compression: gzip
  message_bus_log: { cold: 0d, lookup_keys: [correlation_id], group: null }
`);
  const tools = getPolicy(policies, 'tool_uses')!;
  assert.deepEqual(
    [tools.table, tools.hotMs, tools.warmMs, tools.openWhile, tools.compression],
    ['tool_uses', 14 * DAY, 30 * DAY, null, 'gzip'],
  );
  const bus = getPolicy(policies, 'message_bus_log')!;
  assert.deepEqual(
    [bus.coldMs, bus.lookupKeys, bus.group, bus.compression],
    [0, ['correlation_id'], null, 'none'],
  );
  assert.ok(!policies.groups.has('messages'));
  assert.equal(getPolicy(policies, 'skill_traces')!.compression, 'none');
  assert.deepEqual(
    [...origins.tables],
    [
      ['tool_uses', 'firn.config.yaml:4:3'],
      ['message_bus_log', 'firn.config.yaml:8:3'],
    ],
  );
});

test('a level goes with the compression that it stands beside', () => {
  const { policies } = fromFile(`
compression: zstd
compression_level: 6
tables:
  tool_uses: { compression: gzip }
  skill_traces: { compression: gzip, compression_level: 9 }
  message_bus_log: { compression: zstd }
  assertion_chains: { compression_level: 1 }
  transcript_entries: { compression: none }
`);
  const packing = (table: string): unknown[] => {
    const { compression, compressionLevel } = getPolicy(policies, table)!;
    return [compression, compressionLevel];
  };
  assert.deepEqual(packing('assertion_results'), ['zstd', 6]);
  assert.deepEqual(packing('tool_uses'), ['gzip', undefined]);
  assert.deepEqual(packing('skill_traces'), ['gzip', 9]);
  assert.deepEqual(packing('message_bus_log'), ['zstd', 6]);
  assert.deepEqual(packing('assertion_chains'), ['zstd', 1]);
  assert.deepEqual(packing('transcript_entries'), ['none', undefined]);
  assert.deepEqual(
    Object.values(policiesJson(policies)).map((policy) => [policy.compression, policy.compression_level]),
    [...policies.policies.values()].map(({ compression, compressionLevel }) =>
      compression === 'none' ? ['none', null] : [compression, compressionLevel ?? 5],
    ),
  );
});

test('own tables of any name are managed, in groups of any name', () => {
  const { policies, weeklyTables } = fromFile(`
preset: none
tables:
  __proto__: &usual { hot: 30d, warm: 90d, cold: 2y, time_column: created_at, group: constructor }
  constructor_x: *usual
  'Größe "x"; DROP': { hot: 12h, warm: 0d, cold: 0d, time_column: 'when?', open_while: "state = 'open'" }
groups:
  toString: [__PROTO__]
weekly_tables: [tostring]
`);
  assert.deepEqual(resolveTarget(policies, 'constructor'), ['__proto__', 'constructor_x']);
  assert.deepEqual(resolveTarget(policies, 'toString'), ['__proto__']);
  assert.deepEqual(weeklyTables, ['__proto__']);
  assert.deepEqual(getPolicy(policies, 'Größe "x"; DROP'), {
    table: 'Größe "x"; DROP',
    group: null,
    hotMs: DAY / 2,
    warmMs: 0,
    coldMs: 0,
    timeColumn: 'when?',
    openWhile: "state = 'open'",
    lookupKeys: [],
    compression: 'gzip',
    references: 'keep',
  });
});

test('an exempt table of the preset is no longer managed', () => {
  const { policies } = fromFile('exempt: [Skill_Traces, audit]');
  assert.equal(getPolicy(policies, 'skill_traces'), null);
  assert.deepEqual([...policies.exempt], ['task_list_execution_runs', 'Skill_Traces', 'audit']);
  assert.deepEqual(resolveTarget(policies, 'transcripts'), ['transcript_entries', 'tool_uses']);
});

test('what running needs is read too', () => {
  const config = fromFile(`
schedule: { daily: 30 1 * * *, weekly: never, jitter: 10min, time_zone: Europe/Berlin }
quiet_hours: [09:00-17:30, "22:00-01:00"]
pace: 0.25
max_runtime: 2h
hooks: { on_failure: { command: ./tell.sh }, on_overdue: { url: https://example.org/hook } }
reclaim: incremental
lake: true
`);
  assert.deepEqual(config.schedule, {
    daily: '30 1 * * *',
    weekly: null,
    monthly: '0 4 1 * *',
    jitterMs: 600_000,
    timeZone: 'Europe/Berlin',
  });
  assert.deepEqual(config.quietHours, [
    { fromMinute: 540, toMinute: 1050 },
    { fromMinute: 1320, toMinute: 60 },
  ]);
  assert.equal(config.pace, 0.25);
  assert.equal(config.maxRuntimeMs, 2 * 3_600_000);
  assert.deepEqual(config.hooks, {
    onFailure: { command: './tell.sh' },
    onOverdue: { url: 'https://example.org/hook' },
  });
  assert.equal(config.reclaim, 'incremental');
  assert.equal(config.lake, true);
  assert.equal(fromFile('reclaim: never').lake, false);
});

test('a location that is overridden need not be a valid one, and shows no secret', () => {
  const env = { FIRN_ARCHIVES: 's3://key:hunter2@bucket/prefix?token=hunter2' };
  assert.throws(() => load({}, { env }), { code: 'config', message: /user or a password/ });
  const config = load({}, { env, flags: { archivePath: '/srv/archives' } });
  assert.equal(config.archives.text, '/srv/archives');
  assert.deepEqual(config.origins.archives.overrides, [
    { detail: 'FIRN_ARCHIVES', value: 's3://bucket/prefix' },
  ]);
});

test('spans and rules are read, and a table without them has none of their keys', () => {
  const { policies } = fromFile(`tables:
  tool_uses:
    span: month
    hot_rules: [{ where: "result_status = 'error'", hot: 60d }, { where: "tool = 'x'", hot: forever }]
    keep_last: 100
    open_until: never
  skill_traces: { span: day, hot_rules: [], keep_last: 0, open_until: hot_and_warm }`);
  const { span, hotRules, keepLast, openUntil } = getPolicy(policies, 'tool_uses')!;
  assert.deepEqual(
    { span, hotRules, keepLast, openUntil },
    {
      ...{ span: 'month', keepLast: 100, openUntil: 'never' },
      hotRules: [
        { where: "result_status = 'error'", hotMs: 60 * DAY },
        { where: "tool = 'x'", hotMs: null },
      ],
    },
  );
  assert.deepEqual(getPolicy(policies, 'skill_traces'), getPolicy(load({}).policies, 'skill_traces'));
  for (const [wrong, message] of [
    ['span: year', /span/],
    ['hot_rules: [{ where: a }]', /hot_rules\.0\.hot/],
    ['hot_rules: [{ where: a, hot: never }]', /hot_rules\.0\.hot.*never/],
    ['keep_last: -1', /keep_last.*negative/],
    ['keep_last: 1.5', /keep_last.*whole/],
    ['open_until: later', /open_until/],
  ] as const) {
    assert.throws(() => fromFile(`tables: { tool_uses: { ${wrong} } }`), message);
  }
});

test('a limit of the database is a size in powers of 1000', () => {
  assert.equal(load({}).databaseLimit, null);
  assert.deepEqual(fromFile('limits: { database: 2GB, min_hot: 1d }').databaseLimit, {
    bytes: 2_000_000_000,
    minHotMs: DAY,
  });
  assert.deepEqual(fromFile('limits: { database: 1.5 kB }').databaseLimit, { bytes: 1500, minHotMs: 0 });
  assert.equal(fromFile('limits: { min_hot: 1d }').databaseLimit, null);
  for (const wrong of ['2', '2gb', '-1MB', '2GiB', '[2GB]', 'GB']) {
    assert.throws(() => fromFile(`limits: { database: ${wrong} }`), /limits\.database.*is not a size/);
  }
});

test('settings of S3: a class for one tier or both, a spool beside the file, and no condition only when it is said', () => {
  const { environment: _, ...usual } = load({}).s3;
  assert.deepEqual(usual, {
    spool: null,
    cache: null,
    allowUnconditional: false,
    storageClass: { warm: null, cold: null },
  });
  const both = fromFile('s3: {spool: ../spool, storage_class: STANDARD_IA, allow_unconditional: true}\n').s3;
  assert.deepEqual(both.storageClass, { warm: 'STANDARD_IA', cold: 'STANDARD_IA' });
  assert.deepEqual([both.spool, both.allowUnconditional], ['/spool', true]);
  const cold = fromFile('s3: {storage_class: {cold: GLACIER_IR}}\n').s3;
  assert.deepEqual(cold.storageClass, { warm: null, cold: 'GLACIER_IR' });
  for (const wrong of [
    's3: {storage_class: standard ia}',
    's3: {storage_class: {hot: X}}',
    's3: {secret: x}',
  ])
    assert.throws(
      () => fromFile(`${wrong}\n`),
      (error) => error instanceof FirnError && error.code === 'config',
    );
});

test('tiers with a location each come from the file, and an option or a variable gives one for both', () => {
  const files = { '/work/firn.config.yaml': 'archives: { warm: near, cold: /mnt/cold }\n' };
  const { archives, origins } = load(files);
  assert.deepEqual([archives.warm.text, archives.cold.text], ['/work/near', '/mnt/cold']);
  assert.equal(archives.text, '/work/near (cold: /mnt/cold)');
  assert.deepEqual(origins.archives, { from: 'file', detail: 'firn.config.yaml:1:1', overrides: [] });
  for (const given of [{ flags: { archivePath: '/x' } }, { env: { FIRN_ARCHIVES: '/x' } }]) {
    const { archives: one, origins: from } = load(files, given);
    assert.equal(one.warm, one.cold);
    assert.equal(one.text, '/x');
    assert.deepEqual(from.archives.overrides, [
      { detail: 'firn.config.yaml:1:1', value: '/work/near (cold: /mnt/cold)' },
    ]);
  }
  const plain = load({}).archives;
  assert.equal(plain.warm, plain.cold);
});

for (const [what, text, message] of [
  ['one folder for both tiers', 'archives: { warm: a, cold: ./a }', /warm and cold are both \/work\/a$/],
  ['cold inside warm', 'archives: { warm: a, cold: a/cold }', /cold \(\/work\/a\/cold\) is inside warm/],
  ['warm inside cold', 'archives: { warm: a/b, cold: a }', /warm \(\/work\/a\/b\) is inside cold/],
  [
    'a tier that is the database',
    'database: x.db\narchives: { warm: a, cold: x.db }',
    /x.db, which is the database/,
  ],
  ['archives that are the database', 'database: x.db\narchives: x.db', /x.db, which is the database/],
  [
    'one bucket for both tiers',
    'archives: { warm: s3://bucket/a, cold: "s3://bucket/a?region=x" }',
    /warm and cold are both s3:/,
  ],
  [
    'cold inside the bucket of warm',
    'archives: { warm: s3://bucket, cold: s3://bucket/a }',
    /is inside warm/,
  ],
  ['an identity of one database', 'archives: { warm: a, cold: "b/{identity}" }', /for several databases/],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => load({ '/work/firn.config.yaml': `${text}\n` }),
      (error) => {
        assert.ok(error instanceof FirnError && error.code === 'config');
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('of several databases each tier has a folder for each identity', () => {
  const yaml = 'databases: [d/*.db]\narchives: { warm: near, cold: "/mnt/cold/{identity}" }\n';
  const { archives } = loadConfiguration({
    ...{ flags: {}, env: {}, cwd: '/work' },
    readFile: (path) => (path === '/work/firn.config.yaml' ? yaml : null),
  }) as FleetConfig;
  const { warm, cold } = archives.of('id-1');
  assert.deepEqual([warm.text, cold.text], ['/work/near/id-1', '/mnt/cold/id-1']);
  assert.equal(archives.text, '/work/near/{identity} (cold: /mnt/cold/{identity})');
  assert.equal(archives.root, '/work/near');
  assert.deepEqual(archives.folders, ['/work/near', '/mnt/cold']);
  const yaml2 = 'databases: [d/*.db]\narchives: { warm: /a/, cold: "s3://bucket/cold/?region=x" }\n';
  const other = (
    loadConfiguration({ ...{ flags: {}, env: {}, cwd: '/work' }, readFile: () => yaml2 }) as FleetConfig
  ).archives;
  assert.equal(other.of('id-1').text, '/a/id-1 (cold: s3://bucket/cold/id-1?region=x)');
  assert.deepEqual(other.folders, ['/a']);
});
