import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { after, test } from 'node:test';
import { configText } from '../../../src/config/propose/config-text.ts';
import { propose } from '../../../src/config/propose/proposal.ts';
import type { TableLook } from '../../../src/config/propose/table-look.ts';
import { findTimeColumn } from '../../../src/config/propose/time-column.ts';
import { judgeTime } from '../../../src/model/time/judge-time.ts';
import { lookAt } from '../../support/programs/look-at.ts';

// The schemas are written from the public documentation of these programs; the values are of the forms that they write.
const NOW_MS = Date.UTC(2026, 10, 26);
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'firn-known-'));
after(() => rmSync(folder, { recursive: true }));

/** A table with `rows` rows, the n-th written n hours before the last one of yesterday. */
interface Sketch {
  readonly ddl: string;
  readonly rows: number;
  /** The values of the n-th row, which was written at `ms`. */
  readonly row: (n: number, ms: number) => readonly SQLInputValue[];
}

let serial = 0;
async function look(table: string, { ddl, rows, row }: Sketch): Promise<TableLook> {
  const path = join(folder, `${serial++}.db`);
  const db = new DatabaseSync(path);
  db.exec(`${ddl}; BEGIN`);
  const marks = row(0, 0).map(() => '?');
  const insert = db.prepare(`INSERT INTO ${table} VALUES (${marks.join(', ')})`);
  for (let n = 0; n < rows; n++) insert.run(...row(n, NOW_MS - DAY_MS - (rows - n) * 3_600_000));
  db.exec('COMMIT');
  db.close();
  const { looks } = await lookAt(path, NOW_MS);
  return looks.find((one) => one.table === table)!;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const space = (ms: number): string => iso(ms).slice(0, 19).replace('T', ' ');

const PROGRAMS: readonly (readonly [
  program: string,
  table: string,
  column: string | null,
  sketch: Sketch,
])[] = [
  [
    'Home Assistant',
    'states',
    'last_updated_ts',
    {
      ddl: `CREATE TABLE states (state_id INTEGER PRIMARY KEY, state VARCHAR(255), last_changed_ts FLOAT,
        last_updated_ts FLOAT, old_state_id INTEGER)`,
      rows: 600,
      row: (n, ms) => [n, 'on', n % 3 === 0 ? ms / 1000 : null, ms / 1000 + 0.25, n - 1],
    },
  ],
  [
    'Home Assistant',
    'events',
    'time_fired_ts',
    {
      ddl: 'CREATE TABLE events (event_id INTEGER PRIMARY KEY, event_type TEXT, time_fired TEXT, time_fired_ts FLOAT)',
      rows: 300,
      row: (n, ms) => [n, 'x', null, ms / 1000],
    },
  ],
  [
    'llm',
    'responses',
    'datetime_utc',
    {
      ddl: 'CREATE TABLE responses (id TEXT PRIMARY KEY, prompt_json TEXT, response TEXT, duration_ms INTEGER, datetime_utc TEXT)',
      rows: 40,
      row: (n, ms) => [`r${n}`, null, 'x', 1200 + n, iso(ms).replace('Z', '123+00:00')],
    },
  ],
  [
    'Firefox',
    'moz_historyvisits',
    'visit_date',
    {
      ddl: `CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER,
        visit_date INTEGER, visit_type INTEGER, session INTEGER)`,
      rows: 100,
      row: (n, ms) => [n, n - 1, n % 7, ms * 1000, 1, 0],
    },
  ],
  [
    'Firefox',
    'moz_bookmarks',
    'dateAdded',
    {
      ddl: 'CREATE TABLE moz_bookmarks (id INTEGER PRIMARY KEY, position INTEGER, dateAdded INTEGER, lastModified INTEGER)',
      rows: 12,
      row: (n, ms) => [n, n, ms * 1000, ms * 1000 + 5],
    },
  ],
  [
    'opencode',
    'session',
    'time_created',
    {
      ddl: 'CREATE TABLE session (id text PRIMARY KEY, permission text, time_created integer NOT NULL, time_updated integer NOT NULL)',
      rows: 30,
      row: (n, ms) => [`s${n}`, null, ms, ms + 60_000],
    },
  ],
  [
    'Gitea',
    'action',
    'created_unix',
    {
      ddl: 'CREATE TABLE action (id INTEGER PRIMARY KEY, user_id INTEGER, op_type INTEGER, content TEXT, created_unix INTEGER)',
      rows: 50,
      row: (n, ms) => [n, 5, 1, 'x', Math.trunc(ms / 1000)],
    },
  ],
  [
    'Grafana',
    'annotation',
    'epoch',
    {
      ddl: `CREATE TABLE annotation (id INTEGER PRIMARY KEY, org_id INTEGER, text TEXT, epoch INTEGER NOT NULL,
        epoch_end INTEGER NOT NULL DEFAULT 0, created INTEGER DEFAULT 0, updated INTEGER DEFAULT 0)`,
      rows: 50,
      row: (n, ms) => [n, 1, 'x', ms, n % 2 ? ms : 0, n < 20 ? 0 : ms, n < 20 ? 0 : ms],
    },
  ],
  [
    'MLflow',
    'metrics',
    'timestamp',
    {
      ddl: `CREATE TABLE metrics (key VARCHAR(250), value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32),
        step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL, PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan))`,
      rows: 60,
      row: (n, ms) => ['loss', 0.5, ms, 'r', n, 0],
    },
  ],
  [
    'MLflow',
    'trace_info',
    'timestamp_ms',
    {
      ddl: 'CREATE TABLE trace_info (request_id VARCHAR(50) PRIMARY KEY, timestamp_ms BIGINT NOT NULL, execution_time_ms BIGINT)',
      rows: 20,
      row: (n, ms) => [`t${n}`, ms, 1500 + n],
    },
  ],
  [
    'Arize Phoenix',
    'spans',
    'start_time',
    {
      ddl: 'CREATE TABLE spans (id INTEGER NOT NULL PRIMARY KEY, name TEXT, start_time TIMESTAMP NOT NULL, end_time TIMESTAMP NOT NULL)',
      rows: 20,
      row: (n, ms) => [n, 'x', `${space(ms)}.123456`, `${space(ms + 5000)}.123456`],
    },
  ],
  [
    'Uptime Kuma',
    'heartbeat',
    'time',
    {
      ddl: `CREATE TABLE heartbeat (id INTEGER PRIMARY KEY AUTOINCREMENT, important BOOLEAN, monitor_id INTEGER, status SMALLINT,
        msg TEXT, time DATETIME NOT NULL, ping INTEGER, duration INTEGER, end_time DATETIME)`,
      rows: 50,
      row: (n, ms) => [n, 0, 1, 1, '200 - OK', `${space(ms)}.123`, 31, 60, `${space(ms + 60_000)}.123`],
    },
  ],
  [
    'Pi-hole FTL',
    'query_storage',
    'timestamp',
    {
      ddl: 'CREATE TABLE query_storage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, type INTEGER, domain INTEGER, client INTEGER)',
      rows: 50,
      row: (n, ms) => [n, n % 2 ? Math.trunc(ms / 1000) : ms / 1000 + 0.25, 1, 2, 3],
    },
  ],
  [
    'Open WebUI',
    'chat',
    'created_at',
    {
      ddl: 'CREATE TABLE chat (id VARCHAR PRIMARY KEY, title TEXT, updated_at BIGINT, created_at BIGINT, archived BOOLEAN)',
      rows: 20,
      row: (n, ms) => [`c${n}`, 'x', Math.trunc(ms / 1000) + 9, Math.trunc(ms / 1000), 0],
    },
  ],
  [
    'n8n',
    'execution_entity',
    'createdAt',
    {
      ddl: `CREATE TABLE execution_entity (id integer PRIMARY KEY AUTOINCREMENT, finished boolean, mode varchar, startedAt datetime,
        stoppedAt datetime, waitTill datetime, status varchar, deletedAt datetime, createdAt datetime NOT NULL)`,
      rows: 20,
      row: (n, ms) => [n, 1, 'trigger', iso(ms), iso(ms + 1000), null, 'success', null, iso(ms)],
    },
  ],
  [
    'Solid Queue',
    'solid_queue_jobs',
    'created_at',
    {
      ddl: `CREATE TABLE solid_queue_jobs (id integer PRIMARY KEY AUTOINCREMENT, queue_name varchar, priority integer, scheduled_at datetime(6),
        finished_at datetime(6), created_at datetime(6), updated_at datetime(6))`,
      rows: 20,
      row: (n, ms) => [
        n,
        'default',
        0,
        `${space(ms)}.5`,
        n % 4 ? `${space(ms)}.9` : null,
        `${space(ms)}.5`,
        `${space(ms)}.9`,
      ],
    },
  ],
  [
    'goose',
    'messages',
    'created_timestamp',
    {
      ddl: 'CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, role TEXT, content_json TEXT, created_timestamp INTEGER NOT NULL, tokens INTEGER)',
      rows: 20,
      row: (n, ms) => [n, 's', 'user', '[]', Math.trunc(ms / 1000), 200 + n],
    },
  ],
  [
    'Rails',
    'schema_migrations',
    null,
    {
      ddl: 'CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)',
      rows: 12,
      row: (n) => [`202401011200${10 + n}`],
    },
  ],
  [
    'a table of sizes and ids',
    'blobs',
    null,
    {
      ddl: 'CREATE TABLE blobs (id INTEGER PRIMARY KEY, size INTEGER, permission TEXT, position INTEGER, hash INTEGER)',
      rows: 200,
      row: (n) => [
        n,
        1_700_000_000 - ((n * 7919) % 900_000_000),
        'rw',
        n,
        (n * 2_654_435_761) % 4_294_967_296,
      ],
    },
  ],
  [
    'a column of dates that nobody fills',
    'profiles',
    null,
    {
      ddl: 'CREATE TABLE profiles (id INTEGER PRIMARY KEY, name TEXT, deleted_at DATETIME, created_at DATETIME)',
      rows: 10,
      row: (n) => [n, 'x', null, null],
    },
  ],
  [
    'a column whose name says nothing',
    'readings',
    't',
    {
      ddl: 'CREATE TABLE readings (sensor INTEGER, t INTEGER, v REAL)',
      rows: 200,
      row: (n, ms) => [n % 5, Math.trunc(ms / 1000), 20.5],
    },
  ],
];

for (const [program, table, column, sketch] of PROGRAMS) {
  test(`${program}: ${table} is aged by ${column ?? 'nothing'}`, async () => {
    assert.equal(findTimeColumn(await look(table, sketch))?.name ?? null, column);
  });
}

const COUNTS: readonly (readonly [
  words: RegExp,
  format: string | undefined,
  type: string,
  value: (ms: number) => SQLInputValue,
])[] = [
  [/seconds since 2001/, 'apple', 'TIMESTAMP', (ms) => ms / 1000 - 978_307_200],
  [/microseconds since 1601/, 'webkit', 'INTEGER', (ms) => BigInt(ms) * 1000n + 11_644_473_600_000_000n],
  [/FILETIME/, 'filetime', 'INTEGER', (ms) => BigInt(ms) * 10_000n + 116_444_736_000_000_000n],
  [/ticks/, 'ticks', 'INTEGER', (ms) => BigInt(ms) * 10_000n + 621_355_968_000_000_000n],
  [/nanoseconds since 2001/, 'apple_ns', 'INTEGER', (ms) => (BigInt(ms) - 978_307_200_000n) * 1_000_000n],
  [/are times/, undefined, 'INTEGER', (ms) => BigInt(ms) * 1_000_000n],
  [/Julian/, 'julian', 'REAL', (ms) => ms / DAY_MS + 2_440_587.5],
];

for (const [words, format, type, value] of COUNTS) {
  test(`numbers that are ${words.source} are proposed with the format ${format ?? 'auto'}, in which a run reads them`, async () => {
    const found = await look('zevent', {
      ddl: `CREATE TABLE zevent (z_pk INTEGER PRIMARY KEY, zdate ${type}, ztext VARCHAR)`,
      rows: 30,
      row: (n, ms) => [n, value(ms), 'x'],
    });
    const time = findTimeColumn(found)!;
    assert.deepEqual([time.name, time.format], ['zdate', format]);
    assert.match(time.reason, words);
    const text = configText(
      propose([found], () => [], []),
      { schema: 'x', database: null, archives: null },
    );
    assert.equal(text.includes(`time_format: ${format}`), format !== undefined);
    for (const sample of found.samples.get('zdate')!)
      assert.equal(judgeTime(sample, { timeColumn: 'zdate', timeFormat: format }, found.now).why, null);
  });
}

test('the newest rows are looked at too: a column that is filled since last week is not taken for empty', async () => {
  const found = await look('log', {
    ddl: 'CREATE TABLE log (id INTEGER PRIMARY KEY, old_time TEXT, logged_at TEXT)',
    rows: 5000,
    row: (n, ms) => [n, n < 4000 ? iso(ms) : null, iso(ms)],
  });
  const time = findTimeColumn(found)!;
  assert.equal(time.name, 'logged_at');
  assert.match(time.reason, /2026-11-2/);
});
