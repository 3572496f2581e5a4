import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setSizes } from '../../../src/model/sizes.ts';
import { assertEveryFigure, figuresOf, type Patterns, samplesOf } from '../../support/every-figure.ts';
import {
  type CountedRow,
  type CountedSegment,
  countArchive,
  freeBytes,
  liveRows,
} from '../../support/independent/count.ts';
import { askDuck } from '../../support/independent/duckdb.ts';
import {
  FIGURES_NOW,
  FIGURES_TABLES,
  type FiguresTable,
  FiguresWorld,
} from '../../support/worlds/figures-world.ts';

/*
 * Every figure that Firn prints about a database and its archive equals a count that shares no code with it; or it is on a list, with
 * the reason why it is not compared. A figure that is new is neither, and fails.
 */

const DAY = 86_400_000_000;
const NOW = FIGURES_NOW * 1000;

type Figures = Record<string, number>;

/** The rows of a table in the database, by what Firn may say of them. Each row past its hot time is in one of the last four. */
function countLive(world: FiguresWorld, { table, hotDays, warmDays }: FiguresTable) {
  const rows = liveRows(world.database, table);
  const dated = rows.filter(({ time }) => time !== null) as (CountedRow & { time: number })[];
  const old = dated.filter(({ time }) => NOW - time >= hotDays * DAY);
  const warm = old.filter(({ time }) => NOW - time < (hotDays + warmDays) * DAY);
  const open = warm.filter(({ cells }) => cells.state === 'open');
  const held = old.filter((row) => !open.includes(row as never) && world.isHeld(row));
  const leased = old.filter(
    (row) => !open.includes(row as never) && !held.includes(row) && world.isLeased(row),
  );
  const greatest = Math.max(...rows.map(({ cells }) => Number(cells.id)));
  const last = table === 'ints' ? old.filter(({ cells }) => cells.id === greatest) : ([] as typeof old);
  const due = old.filter(
    (row) => ![open, held, leased, last].some((some) => (some as CountedRow[]).includes(row)),
  );
  return {
    ...{ rows, dated, old, warm, open, held, leased, last, due },
    hot: dated.length - old.length,
    undated: rows.length - dated.length,
  };
}

const endOfDay = ({ day }: CountedSegment): number => Date.parse(`${day}T00:00:00Z`) * 1000 + DAY;

function policyOf({ table }: { readonly table: string }): FiguresTable {
  return FIGURES_TABLES.find((one) => one.table === table)!;
}

function isPastWarm(segment: CountedSegment): boolean {
  const { hotDays, warmDays } = policyOf(segment);
  return endOfDay(segment) + (hotDays + warmDays) * DAY <= NOW;
}

function isPastAll(segment: CountedSegment): boolean {
  const { hotDays, warmDays, coldDays } = policyOf(segment);
  return endOfDay(segment) + (hotDays + warmDays + coldDays) * DAY <= NOW;
}

/** What a cleanup at NOW moves and deletes. */
function countCleanup(world: FiguresWorld) {
  const { segments } = countArchive(world.archives);
  const held = (segment: CountedSegment): boolean => segment.rows.some((row) => world.isHeld(row));
  const purged = segments.filter((segment) => isPastAll(segment) && !held(segment));
  const moved = segments.filter(
    (segment) =>
      segment.tier === 'warm' &&
      isPastWarm(segment) &&
      !purged.includes(segment) &&
      policyOf(segment).coldDays > 0,
  );
  return { purged, moved };
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, n) => total + n, 0);
const bytesOf = (segments: readonly CountedSegment[]): number => sum(segments.map(({ bytes }) => bytes));
const rowsOf = (segments: readonly CountedSegment[]): CountedRow[] => segments.flatMap(({ rows }) => rows);
const mb = (bytes: number): number => Math.round(bytes / 10_000) / 100;

/** Figures under a path. */
function under(path: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${path}.${key}`, value]));
}

function joined(...figures: readonly Figures[]): Figures {
  return Object.assign({}, ...figures);
}

const TIMING: Patterns = [[/duration_ms$/, 'wall time']];
const EFFORT: Patterns = [
  [/^(segments|blocks|bytes)\./, 'what the search read and did not read: search.test.ts'],
];

test('every figure equals an independent count', async (t) => {
  setSizes({
    ...{ partBytes: 700, blockBytes: 300, firstRows: 2, mostRows: 5, unitRows: 3, unitBytes: 500 },
    ...{ surveyedIndexRows: 50, surveyedTableRows: 50, searchedRows: 30, renderedRows: 7 },
  });
  t.after(() => setSizes({}));
  const world = await FiguresWorld.make(t);
  const { segments, bundles } = countArchive(world.archives);
  const live = new Map(FIGURES_TABLES.map((policy) => [policy.table, countLive(world, policy)]));
  const tier = (name: 'warm' | 'cold', table?: string): CountedSegment[] =>
    segments.filter((one) => one.tier === name && (table === undefined || one.table === table));

  await t.test('the world has something of everything', () => {
    const all = [...live.values()];
    for (const kind of ['open', 'held', 'leased', 'last', 'due'] as const)
      assert.ok(
        all.some((counts) => counts[kind].length > 0),
        kind,
      );
    assert.ok(all.some(({ undated }) => undated > 0));
    for (const { table, coldDays } of FIGURES_TABLES) {
      assert.ok(tier('warm', table).length > 10 && live.get(table)!.due.length > 10, table);
      assert.ok(coldDays === 0 || tier('cold', table).length > 10, table);
    }
    assert.ok(
      segments.some(({ name }) => /\.3\.jsonl/.test(name)),
      'days of several parts',
    );
    const { purged, moved } = countCleanup(world);
    assert.ok(purged.length > 10 && moved.length > 10);
    assert.ok(
      segments.some((one) => isPastAll(one) && !purged.includes(one)),
      'a hold keeps a segment',
    );
    assert.ok(bundles.length > 2);
  });

  const tiers = joined(
    under('archives.warm', {
      total_files: tier('warm').length,
      total_size_bytes: bytesOf(tier('warm')),
      total_size_mb: mb(bytesOf(tier('warm'))),
      eligible_for_cold: countCleanup(world).moved.length,
    }),
    under('archives.cold', {
      total_files: bundles.length,
      total_size_bytes: sum(bundles.map(({ bytes }) => bytes)),
      total_size_mb: mb(sum(bundles.map(({ bytes }) => bytes))),
    }),
  );
  const overdue = joined(
    ...FIGURES_TABLES.map(({ table }) =>
      under(`overdue[${table} archive]`, { rows: live.get(table)!.due.length }),
    ),
  );

  await t.test('retention status', async () => {
    const json = await world.json('retention', 'status', '--json');
    const tables = FIGURES_TABLES.map((policy) => {
      const { rows, hot, warm, undated, open, held, leased, last, due } = live.get(policy.table)!;
      return under(`database[${policy.table}]`, {
        ...{ total: rows.length, hot, warm: warm.length, stale: rows.length - hot, undated },
        ...{
          open: open.length,
          held: held.length,
          leased: leased.length,
          last_id: last.length,
          due: due.length,
        },
        // No row of this world has such a time: time-formats.test.ts counts those.
        ...{ sentinel: 0, future: 0 },
        'policy.hot_days': policy.hotDays,
        'policy.warm_days': policy.warmDays,
        'policy.cold_days': policy.coldDays,
      });
    });
    const file = under('file', {
      bytes: statSync(world.database).size,
      free_bytes: freeBytes(world.database),
      wal_bytes: 0,
    });
    assertEveryFigure(figuresOf(json), joined(...tables, tiers, overdue, file), [], [], 'retention status');
    for (const policy of FIGURES_TABLES) {
      const { dated, due } = live.get(policy.table)!;
      const said = json.database.find((one: { table: string }) => one.table === policy.table);
      const times = dated.map(({ time }) => time);
      assert.equal(instant(said.oldest), Math.min(...times), policy.table);
      assert.equal(instant(said.newest), Math.max(...times), policy.table);
      assert.equal(instant(said.due_since), Math.min(...due.map(({ time }) => time)) + policy.hotDays * DAY);
    }
    for (const [name, days] of Object.entries({ warm: tier('warm'), cold: tier('cold') })) {
      const sorted = days.map(({ day }) => day).sort();
      assert.equal(json.archives[name].oldest, sorted[0]);
      assert.equal(json.archives[name].newest, sorted.at(-1));
    }
  });

  await t.test('status', async () => {
    const json = await world.json('status', '--json');
    const tables = FIGURES_TABLES.map(({ table, hotDays }) => {
      const { rows, undated, open, held, leased, last, due } = live.get(table)!;
      const oldest = Math.min(...due.map(({ time }) => time));
      return under(`tables[${table} daily]`, {
        ...{ total: rows.length, undated, open: open.length, held: held.length, leased: leased.length },
        ...{ last_id: last.length, due: due.length },
        behind_seconds: Math.round((NOW - oldest - hotDays * DAY) / 1e6),
      });
    });
    const expected = joined(
      ...tables,
      overdue,
      under('database', { bytes: statSync(world.database).size, wal_bytes: 0 }),
      under('archives.warm', {
        files: tier('warm').length,
        bytes: bytesOf(tier('warm')),
        rows: rowsOf(tier('warm')).length,
      }),
      under('archives.cold', {
        files: bundles.length,
        bytes: sum(bundles.map(({ bytes }) => bytes)),
        rows: rowsOf(tier('cold')).length,
      }),
    );
    assertEveryFigure(
      figuresOf(json),
      expected,
      [
        ...TIMING,
        [/^(runs\[\d+\]|jobs\[\w+\]\.last_run)\.id$/, 'a number that runs are known by'],
        [/^runs\[\d+\]\./, 'records of runs of the past: compared with those runs below'],
        [/^jobs\[\w+\]\.last_run\./, 'one of `runs`'],
      ],
      [],
      'status',
    );
    for (const run of json.runs) {
      const then = world.runs.find(({ startedAt }) => startedAt === Date.parse(run.started_at))!;
      assert.equal(run.records, then.records, JSON.stringify(run));
      assert.equal(run.remaining, 0);
      if (run.tables.length > 0)
        assert.equal(sum(run.tables.map(({ records }: { records: number }) => records)), run.records);
    }
  });

  await t.test('retention stats', async () => {
    const json = await world.json('retention', 'stats', '--json');
    const today = Math.floor(NOW / DAY);
    const days = Array.from({ length: 30 }, (_, n) => today - 30 + n);
    assert.deepEqual(
      json.days,
      days.map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
    );
    const tables = FIGURES_TABLES.map(({ table }) => {
      const own = segments.filter((one) => one.table === table);
      const times = world.everywhere(table).map(({ time }) => Math.floor((time ?? 0) / DAY));
      const perDay = days.map((day) => times.filter((time) => time === day).length);
      const archivedOn = (where: 'warm' | 'cold'): number[] => {
        const found = rowsOf(own.filter((one) => one.tier === where)).map(({ time }) =>
          Math.floor((time ?? 0) / DAY),
        );
        return days.map((day) => found.filter((time) => time === day).length);
      };
      const [warm, cold] = [archivedOn('warm'), archivedOn('cold')];
      const byTier = { hot: perDay.map((count, n) => count - warm[n]! - cold[n]!), warm, cold };
      const [raw, bytes, rows] = [sum(own.map(({ rawBytes }) => rawBytes)), bytesOf(own), rowsOf(own).length];
      const half = (list: readonly number[]): number => sum(list);
      return under(`tables[${table}]`, {
        ...Object.fromEntries(perDay.map((count, n) => [`rows_per_day[${n}]`, count])),
        ...Object.fromEntries(
          Object.entries(byTier).flatMap(([tier, counts]) =>
            counts.map((count, n) => [`rows_per_day_by_tier.${tier}[${n}]`, count]),
          ),
        ),
        mean_rows_per_day: sum(perDay) / 30,
        growth: half(perDay.slice(15)) / half(perDay.slice(0, 15)),
        raw_bytes_per_row: raw / rows,
        bytes_per_row: bytes / rows,
        compression_ratio: raw / bytes,
        'archived.segments': own.length,
        'archived.records': rows,
        'archived.raw_bytes': raw,
        'archived.bytes': bytes,
        purged_records: world.purged(table).length,
        erased_records: world.erased(table).length,
      });
    });
    const forecasts = [
      /\.forecasts\[/,
      'forecasts of a model: stats-forecast.test.ts compares them',
    ] as const;
    assertEveryFigure(figuresOf(json), joined(...tables), [forecasts], [], 'retention stats');
  });

  await t.test('plan', async () => {
    const json = await world.json('plan', 'texts', '--hot', '20d', '--json');
    const [texts] = FIGURES_TABLES as [FiguresTable];
    const { purged, moved } = countCleanup(world);
    const own = (some: readonly CountedSegment[]): CountedSegment[] =>
      some.filter(({ table }) => table === 'texts');
    const changed = { ...texts, hotDays: 20 };
    const later = (segment: CountedSegment, spans: number): boolean => endOfDay(segment) + spans * DAY <= NOW;
    const heldIn = (one: CountedSegment): boolean => one.rows.some((row) => world.isHeld(row));
    const purgedThen = own(segments).filter((one) => later(one, 20 + 20 + 60) && !heldIn(one));
    const movedThen = own(tier('warm')).filter((one) => later(one, 20 + 20) && !purgedThen.includes(one));
    const effect = (
      path: string,
      policy: FiguresTable,
      consolidate: readonly CountedSegment[],
      purge: readonly CountedSegment[],
    ): Figures =>
      under(path, {
        'policy.hot_days': policy.hotDays,
        'policy.warm_days': policy.warmDays,
        'policy.cold_days': policy.coldDays,
        'archive.records': countLive(world, policy).due.length,
        'consolidate.records': rowsOf(consolidate).length,
        'consolidate.bytes': bytesOf(consolidate),
        'purge.records': rowsOf(purge).length,
        'purge.bytes': bytesOf(purge),
      });
    assertEveryFigure(
      figuresOf(json),
      joined(
        effect('tables[texts].present', texts, own(moved), own(purged)),
        effect('tables[texts].changed', changed, movedThen, purgedThen),
      ),
      [
        [/\.archive\.bytes$/, 'estimated from the mean size of archived rows'],
        [/\.forecasts\[/, 'forecasts of a model: stats-forecast.test.ts compares them'],
      ],
      [],
      'plan',
    );
  });

  await t.test('metrics', async () => {
    const said = samplesOf((await world.run('metrics')).stdout);
    const tables = FIGURES_TABLES.flatMap(({ table, hotDays }) => {
      const { rows, undated, open, held, leased, last, due } = live.get(table)!;
      const label = `{table="${table}"`;
      const oldest = Math.min(...due.map(({ time }) => time));
      return [
        [`firn_table_readable${label}}`, 1],
        [`firn_table_rows${label}}`, rows.length],
        [`firn_table_due_rows${label}}`, due.length],
        [`firn_table_due_rows_bound${label},bound="at_least"}`, due.length],
        [`firn_table_due_rows_bound${label},bound="at_most"}`, due.length],
        [`firn_table_behind_seconds${label}}`, (NOW - oldest - hotDays * DAY) / 1e6],
        [`firn_table_overdue${label}}`, 1],
        [`firn_table_kept_rows${label},reason="open"}`, open.length],
        [`firn_table_kept_rows${label},reason="held"}`, held.length],
        [`firn_table_kept_rows${label},reason="leased"}`, leased.length],
        [`firn_table_kept_rows${label},reason="last_id"}`, last.length],
        [`firn_table_undated_rows${label}}`, undated],
      ];
    });
    const expected = {
      ...Object.fromEntries(tables),
      firn_up: 1,
      firn_healthy: 0,
      firn_integrity_alarms: 0,
      'firn_alarms{state="open"}': 0,
      'firn_alarms{state="acknowledged"}': 0,
      firn_status_timestamp_seconds: NOW / 1e6,
      'firn_overdue_rows{what="archive"}': sum([...live.values()].map(({ due }) => due.length)),
      'firn_overdue_rows{what="consolidate"}': 0,
      'firn_overdue_rows{what="purge"}': 0,
      firn_database_bytes: statSync(world.database).size,
      firn_database_wal_bytes: 0,
      'firn_archive_up{tier="warm"}': 1,
      'firn_archive_up{tier="cold"}': 1,
      'firn_archive_rows{tier="warm"}': rowsOf(tier('warm')).length,
      'firn_archive_rows{tier="cold"}': rowsOf(tier('cold')).length,
      'firn_archive_bytes{tier="warm"}': bytesOf(tier('warm')),
      'firn_archive_bytes{tier="cold"}': sum(bundles.map(({ bytes }) => bytes)),
      'firn_archive_files{tier="warm"}': tier('warm').length,
      'firn_archive_files{tier="cold"}': bundles.length,
      'firn_job_last_records{job="daily"}': world.runs.findLast(({ command }) => command === 'archive')!
        .records,
      'firn_job_last_records{job="monthly"}': world.runs.findLast(({ command }) => command === 'cleanup')!
        .records,
    };
    assertEveryFigure(
      said,
      expected,
      [
        [
          /^firn_job_(scheduled|overdue|next_start|last_success|last_run|last_outcome|backlog)/,
          'the schedule: metrics.test.ts',
        ],
        [/^firn_job_last_duration_seconds/, 'wall time'],
        [/^firn_(paused|scheduler_up|run_in_progress)$/, 'the schedule: metrics.test.ts'],
      ],
      [],
      'metrics',
    );
  });

  await t.test('verify', async () => {
    for (const mode of [[], ['--deep']]) {
      const json = await world.json('verify', ...mode, '--json');
      const proved = mode.length === 0 ? 0 : bytesOf(segments);
      const accounts = FIGURES_TABLES.map(({ table }) => {
        const [warm, cold] = [rowsOf(tier('warm', table)).length, rowsOf(tier('cold', table)).length];
        const [purged, erased] = [world.purged(table).length, world.erased(table).length];
        return under(`accounts[${table}]`, {
          archived: warm + cold + purged + erased,
          warm,
          cold,
          purged,
          erased,
          // No database was put back to before an archived row left.
          returned: 0,
        });
      });
      const checked = under('checked', {
        segments: segments.length,
        bundles: bundles.length,
        rows: rowsOf(segments).length,
        bytes: proved,
      });
      const rest = { 'chosen.segments': segments.length, 'chosen.bytes': proved, skipped_segments: 0 };
      assertEveryFigure(figuresOf(json), joined(checked, rest, ...accounts), [], [], `verify ${mode}`);
      assert.deepEqual(json.alarms, []);
    }
  });

  await t.test('search and export', async () => {
    const asked: readonly (readonly [argv: readonly string[], wanted: (row: CountedRow) => boolean])[] = [
      [[], () => true],
      [['--where', 'run=run-3'], ({ cells }) => cells.run === 'run-3'],
      [['--where', 'said~line 1'], ({ cells }) => String(cells.said).includes('line 1')],
      [
        ['--since', '2026-03-10', '--until', '2026-05-21'],
        ({ time }) => between(time, '2026-03-10', '2026-05-22'),
      ],
      [
        ['--where', 'run=run-1', '--until', '2026-04-30'],
        ({ cells, time }) => cells.run === 'run-1' && between(time, '1970-01-01', '2026-05-01'),
      ],
    ];
    for (const { table } of FIGURES_TABLES) {
      for (const [argv, wanted] of asked) {
        const count = world.everywhere(table).filter(wanted).length;
        const what = `${table} ${argv.join(' ')}`;
        assert.equal(
          (await world.run('search', '--table', table, ...argv, '--count')).stdout,
          `${count}\n`,
          what,
        );
        const lines = (await world.run('export', table, ...argv)).stdout.split('\n').length - 1;
        assert.equal(lines, count, `export ${what}`);
      }
      const csv = (await world.run('export', table, '--format', 'csv')).stdout.split('\r\n').length - 2;
      assert.equal(csv, world.everywhere(table).length);
      const file = join(world.folder, `${table}.parquet`);
      await world.run('export', table, '--format', 'parquet', '--output', file);
      assert.deepEqual(await askDuck(`SELECT count(*)::INT FROM '${file}'`), [
        [world.everywhere(table).length],
      ]);
    }
    const all = sum(FIGURES_TABLES.map(({ table }) => world.everywhere(table).length));
    assert.equal((await world.run('search', '--count')).stdout, `${all}\n`);
  });

  await t.test('search as JSON, and the dry run of jobs', async () => {
    const found = await world.json('search', '--table', 'bare', '--where', 'run=run-0', '--format', 'json');
    const isWanted = ({ cells }: CountedRow): boolean => cells.run === 'run-0';
    const count = world.everywhere('bare').filter(isWanted).length;
    assert.equal(found.hits.length, count);
    assertEveryFigure(
      figuresOf(found),
      {
        count,
        'rows.hot': live.get('bare')!.rows.filter(isWanted).length,
        'rows.warm': rowsOf(tier('warm', 'bare')).filter(isWanted).length,
        'rows.cold': rowsOf(tier('cold', 'bare')).filter(isWanted).length,
        'rows.superseded': 0,
      },
      [[/^hits\[/, 'the rows themselves'], ...EFFORT],
      [],
      'search --format json',
    );
    const daily = await world.json('job', '--mode', 'daily', '--dry-run');
    assert.equal(daily.total_archived, sum([...live.values()].map(({ due }) => due.length)));
    const monthly = await world.json('job', '--mode', 'monthly', '--dry-run');
    const { purged, moved } = countCleanup(world);
    assert.equal(monthly.consolidation.records, rowsOf(moved).length);
    assert.equal(monthly.purge.purged_records, rowsOf(purged).length);
  });

  await t.test('sql', async () => {
    for (const { table } of FIGURES_TABLES) {
      const json = await world.json(
        'sql',
        `SELECT _tier, count(*) AS n, count(DISTINCT run) AS runs FROM ${table} GROUP BY 1`,
        '--format',
        'json',
      );
      const all = world.everywhere(table);
      assert.equal(sum(json.map(({ n }: { n: number }) => n)), all.length, table);
      const since = await world.json(
        'sql',
        `SELECT count(*) AS n FROM ${table} WHERE run = 'run-2'`,
        '--format',
        'json',
      );
      assert.deepEqual(since, [{ n: all.filter(({ cells }) => cells.run === 'run-2').length }]);
    }
  });

  await t.test('restore says beforehand what it restores', async () => {
    for (const { table } of FIGURES_TABLES) {
      const own = segments.filter((one) => one.table === table);
      const dry = await world.json('restore', table, '--into', 'restored.db', '--dry-run', '--json');
      const rows = rowsOf(own).length;
      assertEveryFigure(
        figuresOf(dry),
        {
          total: rows,
          segments: own.length,
          raw_bytes: sum(own.map(({ rawBytes }) => rawBytes)),
          [`tables[${table}].segments`]: own.length,
          [`tables[${table}].rows`]: rows,
        },
        [],
        [],
        `restore --dry-run ${table}`,
      );
      const real = await world.json('restore', table, '--into', 'restored.db', '--json');
      assertEveryFigure(
        figuresOf(real),
        {
          total: rows,
          ...under(`tables[${table}]`, {
            ...{ inserted: rows, same: 0, kept: 0, overwritten: 0, refused: 0, without_parent: 0 },
          }),
        },
        [],
        [],
        `restore ${table}`,
      );
      using db = new DatabaseSync(join(world.folder, 'restored.db'), { readOnly: true });
      assert.equal(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n, rows);
    }
  });

  await t.test('a dry run of archive says what the run does', async (t) => {
    const copy = world.copy(t);
    const dry = await copy.json('archive', 'all', '--dry-run', '--json');
    // A run ends leases that are over first, and has no such rows left to keep; its dry run says so.
    const counts = (): Figures[] =>
      FIGURES_TABLES.map(({ table }) => {
        const { open, held, leased, last, due, undated } = live.get(table)!;
        return under(`tables[${table}]`, {
          ...{ records: due.length, undated, 'kept.changed': 0, 'kept.open': open.length },
          ...{
            'kept.held': held.length,
            'kept.leased': leased.filter((row) => !world.isLeaseOver(row)).length,
            'kept.last_id': last.length,
            // No table of this world has rules: row-rules.test.ts and database-limit.test.ts count those.
            ...{ 'kept.rule': 0, 'kept.keep_last': 0, early: 0 },
            // Nor a row with such a time: time-formats.test.ts counts those.
            ...{ sentinel: 0, future: 0 },
          },
        });
      });
    const total = sum([...live.values()].map(({ due }) => due.length));
    const unknown = Object.fromEntries(
      FIGURES_TABLES.flatMap(({ table }) =>
        ['bytes', 'raw_bytes'].map((key) => [`tables[${table}].${key}`, 0]),
      ),
    );
    assertEveryFigure(
      figuresOf(dry),
      joined({ total }, unknown, ...counts()),
      TIMING,
      [],
      'archive --dry-run',
    );
    const real = await copy.json('archive', 'all', '--json');
    const now = countArchive(copy.archives).segments;
    const sizes = FIGURES_TABLES.map(({ table }) => {
      const made = now.filter(
        (one) => one.table === table && !segments.some(({ name }) => name === one.name),
      );
      const files = real.tables.find((one: { table: string }) => one.table === table).archive_files;
      assert.deepEqual([...files].sort(), made.map(({ path }) => path).sort());
      assert.equal(rowsOf(made).length, live.get(table)!.due.length);
      return under(`tables[${table}]`, {
        bytes: bytesOf(made),
        raw_bytes: sum(made.map(({ rawBytes }) => rawBytes)),
      });
    });
    assertEveryFigure(
      figuresOf(real),
      joined({ total }, ...counts(), ...sizes),
      [...TIMING, [/^reconciled\[/, 'what was put right first: reconcile.test.ts']],
      [],
      'archive',
    );
    for (const { table } of FIGURES_TABLES) {
      const ended = live.get(table)!.leased.filter((row) => world.isLeaseOver(row)).length;
      const { rows, due } = live.get(table)!;
      assert.equal(liveRows(copy.database, table).length, rows.length - due.length - ended, table);
    }
  });

  await t.test('a dry run of cleanup says what the run does', async (t) => {
    const copy = world.copy(t);
    const { purged, moved } = countCleanup(world);
    const months = new Set(moved.map(({ name }) => name.slice(0, 7)));
    const expected = {
      ...under('consolidation', {
        consolidated: moved.length,
        cold_files: months.size,
        removed_warm: moved.length,
        records: rowsOf(moved).length,
        bytes: bytesOf(moved),
      }),
      ...under('purge', {
        purged_files: new Set(purged.map(({ path }) => path)).size,
        purged_segments: purged.length,
        purged_records: rowsOf(purged).length,
        purged_bytes: bytesOf(purged),
      }),
    };
    const steps = [...moved, ...purged].map((one) =>
      under(`steps[${one.table} ${one.name}]`, { records: one.rows.length, bytes: one.bytes }),
    );
    for (const argv of [['--dry-run'], []]) {
      const json = await copy.json('cleanup', 'archives', ...argv, '--json');
      assertEveryFigure(
        figuresOf(json),
        joined(expected, ...(argv.length > 0 ? steps : [])),
        [[/^reconciled\[/, 'what was put right first: reconcile.test.ts']],
        [],
        `cleanup ${argv}`,
      );
    }
    const left = countArchive(copy.archives).segments;
    const gone = segments.filter(({ name }) => !left.some((one) => one.name === name));
    assert.deepEqual(gone.map(({ name }) => name).sort(), purged.map(({ name }) => name).sort());
    for (const { name } of moved) assert.equal(left.find((one) => one.name === name)!.tier, 'cold');
    assert.equal(left.length, segments.length - purged.length, 'each is there once');
  });

  await t.test('retention files lists each file as it is', async () => {
    const { total, files } = await world.json('retention', 'files', '--json');
    assert.deepEqual(total, {
      ...{ segments: segments.length, rows: rowsOf(segments).length, bytes: bytesOf(segments) },
      raw_bytes: sum(segments.map(({ rawBytes }) => rawBytes)),
    });
    type File = Record<'segment' | 'table' | 'tier' | 'rows' | 'bytes' | 'raw_bytes', string | number>;
    const listed = (files as File[]).map(({ segment, table, tier: place, rows, bytes, raw_bytes: raw }) =>
      [segment, table, place, rows, bytes, raw].join(' '),
    );
    const counted = segments.map(({ name, table, tier: place, rows, bytes, rawBytes }) =>
      [name, table, place, rows.length, bytes, rawBytes].join(' '),
    );
    assert.deepEqual(listed.sort(), counted.sort());
  });

  await t.test('a histogram counts each row once, in its day and tier', async () => {
    type Bucket = { from: string } & Record<'hot' | 'warm' | 'cold', number>;
    for (const { table } of FIGURES_TABLES) {
      const found = await world.json('search', '--table', table, '--histogram', '--bucket=day', '--json');
      const all = world.everywhere(table);
      assert.equal(found.total, all.length, table);
      assert.equal(found.untimed, live.get(table)!.undated, table);
      const days = Map.groupBy(
        all.filter(({ time }) => time !== null),
        ({ time }) => new Date(time! / 1000).toISOString().slice(0, 10),
      );
      const said = (found.buckets as Bucket[]).map(
        ({ from, hot, warm, cold }) => [from.slice(0, 10), hot + warm + cold] as const,
      );
      assert.deepEqual(
        new Map(said),
        new Map([...days].sort().map(([day, rows]) => [day, rows.length])),
        table,
      );
      // A restored row is shown once, from the database.
      const inTier = (name: 'hot' | 'warm' | 'cold'): number =>
        sum((found.buckets as Bucket[]).map((bucket) => bucket[name]));
      assert.equal(inTier('hot'), live.get(table)!.dated.length, table);
      if (live.get(table)!.leased.length > 0) continue;
      assert.equal(inTier('warm'), rowsOf(tier('warm', table)).length, table);
      assert.equal(inTier('cold'), rowsOf(tier('cold', table)).length, table);
    }
    const runs = await world.json('search', '--table', 'bare', '--histogram', '--facets=run', '--json');
    const values = (runs.facets[0].values as { value: string; rows: number }[]).map(
      ({ value, rows }) => [value, rows] as const,
    );
    const counted = Map.groupBy(world.everywhere('bare'), ({ cells }) => String(cells.run));
    assert.deepEqual(new Map(values), new Map([...counted].map(([run, rows]) => [run, rows.length])));
  });

  await t.test('history says what each run moved; a count of held rows is that of the rows', async () => {
    type Run = { started_at: string; command: string; records: number };
    const { runs } = (await world.json('history', '--json')) as { runs: Run[] };
    const said = new Map(runs.map(({ started_at: at, records }) => [Date.parse(at), records]));
    assert.ok(world.runs.length > 4);
    for (const { command, startedAt, records } of world.runs)
      assert.equal(said.get(startedAt), records, `${command} at ${startedAt}`);
    type Held = { table: string; where: string[]; rows: Record<'total' | 'hot' | 'warm' | 'cold', number> };
    for (const { table, where, rows } of (await world.json('hold', 'list', '--count', '--json')) as Held[]) {
      const [, id] = /^id=(.*)$/.exec(where[0]!) ?? [];
      const held = world
        .everywhere(table)
        .filter((row) => world.isHeld(row) && (id === undefined || row.id === id));
      assert.equal(rows.total, held.length, where[0]);
      assert.equal(rows.total, rows.hot + rows.warm + rows.cold);
    }
  });

  await t.test('an erasure says beforehand what it erases', async (t) => {
    const copy = world.copy(t);
    const argv = [
      'erase',
      '--table',
      'texts',
      '--where',
      'run=run-4',
      '--where',
      'id!=t-798',
      '--since',
      '2026-04-20',
    ];
    const isWanted = (row: CountedRow): boolean =>
      row.cells.run === 'run-4' && !copy.isHeld(row) && between(row.time, '2026-04-20', '2027-01-01');
    const hot = live.get('texts')!.rows.filter((row) => isWanted(row)).length;
    const [warm, cold] = (['warm', 'cold'] as const).map(
      (name) => rowsOf(tier(name, 'texts')).filter((row) => isWanted(row)).length,
    ) as [number, number];
    for (const way of ['--dry-run', '--yes']) {
      const json = await copy.json(...argv, way, '--json');
      const { total, hot: inHot, warm: inWarm, cold: inCold } = json;
      assert.deepEqual(
        { total, hot: inHot, warm: inWarm, cold: inCold },
        { total: hot + warm + cold, hot, warm, cold },
        way,
      );
    }
    assert.equal(
      (await copy.run('search', '--table', 'texts', '--where', 'run=run-4', '--count')).stdout,
      `${copy.everywhere('texts').filter((row) => row.cells.run === 'run-4' && !isWanted(row)).length}\n`,
    );
  });
});

function between(time: number | null, from: string, to: string): boolean {
  return time !== null && time >= Date.parse(from) * 1000 && time < Date.parse(to) * 1000;
}

/** An instant as Firn prints it, in microseconds. */
function instant(text: string): number {
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text)!;
  return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
