import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HostileWorld } from '../../support/worlds/hostile-world.ts';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

test('the sections, and the shape of the contract', async (t) => {
  const ideas = createIdeas(t);
  const text = await firn(['retention', 'status', ...ideas.paths]);
  assert.equal(text.status, 0, text.stderr);
  for (const section of ['HOT STORAGE', 'WARM ARCHIVE', 'COLD ARCHIVE'])
    assert.ok(text.stdout.includes(section));
  const status = JSON.parse((await firn(['retention', 'status', '--json', ...ideas.paths])).stdout);
  const [tools] = status.database.filter(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual(
    { ...tools, policy: { ...tools.policy } },
    {
      ...{ table: 'tool_uses', total: 30, hot: 8, warm: 22, stale: 22, undated: 0, open: 1 },
      ...{ oldest: '2026-05-03T12:00:00Z', newest: '2026-06-01T12:00:00Z' },
      policy: { hot_days: 7, warm_days: 30, cold_days: 365 },
      ...{
        held: 0,
        leased: 0,
        last_id: 0,
        sentinel: 0,
        future: 0,
        time_hint: null,
        due: 21,
        due_since: '2026-05-10T12:00:00Z',
        estimated: false,
        bounds: null,
      },
    },
  );
  const [messages] = status.database.filter(({ table }: { table: string }) => table === 'message_bus_log');
  assert.deepEqual([messages.total, messages.hot, messages.stale, messages.undated], [2, 1, 1, 1]);
  const empty = { total_files: 0, total_size_bytes: 0, total_size_mb: 0, oldest: null, newest: null };
  const place = { location: ideas.archives, away: null };
  assert.deepEqual(status.archives, {
    warm: { ...empty, eligible_for_cold: 0, ...place },
    cold: { ...empty, ...place },
  });
  assert.ok(!existsSync(ideas.archives));
});

test('--check tells a monitor what is overdue since when, and is content when it is not', async (t) => {
  const ideas = createIdeas(t);
  const bytes = readFileSync(ideas.database);
  const listing = readdirSync(ideas.folder);
  const overdue = await firn(['retention', 'status', '--check', ...ideas.paths]);
  assert.equal(overdue.status, 1);
  assert.match(overdue.stdout, /overdue tool_uses: 21 rows .*since 2026-05-10/);
  assert.deepEqual(readFileSync(ideas.database), bytes);
  assert.deepEqual(readdirSync(ideas.folder), listing);

  await firn(['archive', 'all', ...ideas.paths]);
  const done = await firn(['retention', 'status', '--check', '--json', ...ideas.paths]);
  assert.equal(done.status, 0, done.stdout);
  const { archives, overdue: late } = JSON.parse(done.stdout);
  assert.deepEqual(late, []);
  assert.deepEqual(
    [archives.warm.total_files, archives.warm.oldest, archives.warm.newest],
    [21, '2026-05-03', '2026-05-24'],
  );

  const world = { now: Date.parse('2026-08-15T00:00:00Z') };
  const waiting = JSON.parse((await firn(['retention', 'status', '--json', ...ideas.paths], world)).stdout);
  assert.equal(waiting.archives.warm.eligible_for_cold, 21);
  const consolidate = waiting.overdue.find(({ what }: { what: string }) => what === 'consolidate');
  assert.deepEqual([consolidate.rows, consolidate.since], [21, '2026-06-10T00:00:00Z']);

  await firn(['cleanup', 'archives', ...ideas.paths], world);
  const cold = JSON.parse((await firn(['retention', 'status', '--json', ...ideas.paths], world)).stdout);
  assert.deepEqual(
    [cold.archives.cold.total_files, cold.archives.cold.oldest, cold.archives.cold.newest],
    [1, '2026-05-03', '2026-05-24'],
  );
});

test('statistics say the pace and what the tiers will hold', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const { status, stdout } = await firn(['retention', 'stats', '--json', ...ideas.paths]);
  assert.equal(status, 0);
  const stats = JSON.parse(stdout);
  assert.deepEqual([stats.days.length, stats.days[0], stats.days.at(-1)], [30, '2026-05-02', '2026-05-31']);
  const [tools] = stats.tables.filter(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual(tools.rows_per_day, [0, ...Array.from({ length: 29 }, () => 1)]);
  assert.equal(tools.mean_rows_per_day, 1);
  assert.ok(tools.compression_ratio > 0);
  const year = tools.forecasts.at(-1);
  assert.deepEqual([year.days, year.hot.rows, year.warm.rows, year.cold.rows], [365, 7, 30, 357]);
  const text = await firn(['retention', 'stats', ...ideas.paths]);
  assert.match(text.stdout, /tool_uses +▄█+/);
});

test('a changed policy is compared with the present one', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const argv = ['plan', 'tool_uses', '--hot', '3d', '--warm', '1d', '--cold', '10d'];
  const { status, stdout } = await firn([...argv, '--json', ...ideas.paths]);
  assert.equal(status, 0);
  const [{ table, present, changed }] = JSON.parse(stdout).tables;
  assert.equal(table, 'tool_uses');
  // 2026-05-25 … 05-28, and the pending row, which is past hot + warm then.
  assert.deepEqual([present.archive.records, changed.archive.records], [0, 5]);
  assert.deepEqual([present.consolidate.first, changed.consolidate.records], ['2026-06-10T00:00:00Z', 7]);
  assert.deepEqual([present.purge.records, changed.purge.records], [0, 14]);
  assert.equal(changed.purge.first, '2026-05-18T00:00:00Z');
  const text = await firn([...argv, ...ideas.paths]);
  assert.match(text.stdout, /DRY RUN/);
  assert.match(text.stdout, /would purge 14 more rows/);
  assert.equal((await firn(['plan', 'tool_uses', ...ideas.paths])).status, 2);
  assert.equal((await firn(['plan', ...ideas.paths])).status, 0);
});

test('a pause is said, and --check counts it as something wrong', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  await firn(['cleanup', 'archives', ...ideas.paths]);
  const before = await firn(['retention', 'status', '--check', ...ideas.paths]);
  await firn(['pause', '--reason', 'moving house', ...ideas.paths]);
  const paused = await firn(['retention', 'status', '--check', ...ideas.paths]);
  assert.deepEqual([before.status, paused.status], [0, 1], before.stdout);
  assert.match(paused.stderr, /paused since .*: moving house/);
});

test('--check tells a monitor of a table that cannot be read', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: {}, odd: {} },
    fill: (db) =>
      db.exec(`CREATE TABLE notes (ts TEXT); CREATE TABLE odd (ts TEXT COLLATE NOCASE); CREATE INDEX odd_ts ON odd (ts);
        INSERT INTO notes VALUES ('2026-02-09T00:00:00Z'); INSERT INTO odd VALUES ('2026-02-09T00:00:00Z')`),
  });
  await world.archive();
  assert.equal((await world.firn(['retention', 'status', '--check'])).status, 0);
  {
    // A collation that only the application has.
    using db = world.others();
    db.enableDefensive(false);
    db.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'ITS_OWN')");
  }
  const { status, stdout } = await world.firn(['retention', 'status', '--check', '--json']);
  assert.equal(status, 1, stdout);
  const tables = JSON.parse(stdout).database.map(({ table }: { table: string }) => table);
  assert.deepEqual(tables, ['notes']);
});
