import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { createDemoDatabase } from '../../src/demo/demo-database.ts';
import { type Firn, openFirn } from '../../src/index.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import { firn as runFirn, TEST_NOW } from '../cli/world.ts';

/*
 * Two copies of one demo database: one is worked on by the command line, the other by the library. Every answer of the library must be the JSON of the
 * command, to the letter.
 */

const root = mkdtempSync(join(tmpdir(), 'firn-library-'));
after(() => rmSync(root, { recursive: true, force: true }));
const [byCommand, byLibrary] = [join(root, 'command'), join(root, 'library')];
makeDatabase(join(byCommand, 'ideas.db'));
cpSync(byCommand, byLibrary, { recursive: true });

let elapsed = 0;
const clock = {
  now: () => TEST_NOW,
  monotonic: () => ++elapsed,
  sleep: () => Promise.resolve(),
};
const firn = await openFirn({
  database: join(byLibrary, 'ideas.db'),
  archives: join(byLibrary, 'archives'),
  clock,
});
const asked = new Set<keyof Firn>();

function makeDatabase(path: string): void {
  mkdirSync(dirname(path));
  createDemoDatabase(path, { rows: 400, days: 32, now: instantOfMs(TEST_NOW), seed: 1 });
  const db = new DatabaseSync(path);
  // An integer that JavaScript rounds, a whole REAL, bytes.
  db.exec(`ALTER TABLE tool_uses ADD COLUMN big; UPDATE tool_uses SET big = CASE rowid % 3
    WHEN 0 THEN 9007199254740993 WHEN 1 THEN 2.0 ELSE x'00ff' END`);
  db.close();
}

/** What the command prints, without what differs by nature: places, times that are measured, who asked for it. */
async function printed(...argv: string[]): Promise<string> {
  const paths = ['--db-path', join(byCommand, 'ideas.db'), '--archive-path', join(byCommand, 'archives')];
  const { stdout, stderr } = await runFirn([...argv, ...paths], { cwd: root, now: TEST_NOW });
  assert.notEqual(stdout, '', stderr);
  return neutral(stdout);
}

function neutral(text: string): string {
  return text
    .replaceAll(byCommand, '…')
    .replaceAll(byLibrary, '…')
    .replace(/"(duration_ms|rows_per_second)": (\d+|null)/g, '"$1": 0')
    .replaceAll('"reason": "the command line"', '"reason": "the library"');
}

/** Asks both, and compares letter by letter. */
async function same<Name extends keyof Firn>(
  name: Name,
  ask: (firn: Firn) => Promise<unknown>,
  ...argv: string[]
): Promise<void> {
  asked.add(name);
  const answer = neutral(`${JSON.stringify(await ask(firn), null, 2)}\n`);
  assert.equal(answer, await printed(...argv), `${String(name)}: firn ${argv.join(' ')}`);
}

test('before anything is archived, plans and reports are those of the commands', async () => {
  await same('policies', async ({ policies }) => policies(), 'retention', 'policy', '--json');
  await same('retentionStatus', (one) => one.retentionStatus(), 'retention', 'status', '--json');
  await same('retentionStats', (one) => one.retentionStats(), 'retention', 'stats', '--json');
  await same('status', (one) => one.status(), 'status', '--json');
  await same(
    'plan',
    (one) => one.plan({ target: 'tool_uses', hot: '3d' }),
    'plan',
    'tool_uses',
    '--hot',
    '3d',
    '--json',
  );
  const dry = ['--dry-run', '--json'];
  await same('archive', (one) => one.archive('all', { dryRun: true }), 'archive', 'all', ...dry);
  await same('job', (one) => one.job('full', { dryRun: true }), 'job', '--mode', 'full', '--dry-run');
  await same('verify', (one) => one.verify(), 'verify', '--json');
  await same('history', (one) => one.history(), 'history', '--json');
});

test('runs answer as the commands do', async () => {
  await same(
    'archive',
    (one) => one.archive('transcripts', { olderThan: '10d' }),
    ...['archive', 'transcripts', '--older-than', '10d', '--json'],
  );
  await same('job', (one) => one.job('daily'), 'job', '--mode', 'daily');
  const early = ['cleanup', 'archives', '--older-than', '20d', '--json'];
  await same('cleanup', (one) => one.cleanup({ olderThan: '20d', dryRun: true }), ...early, '--dry-run');
  await same('cleanup', (one) => one.cleanup({ olderThan: '20d' }), ...early);
  await same('verify', (one) => one.verify({ deep: true }), 'verify', '--deep', '--json');
  await same('reclaim', (one) => one.reclaim({ dryRun: true }), 'reclaim', '--dry-run', '--json');
  await same('rebuild', (one) => one.rebuild(), 'rebuild', '--json');
  await same('lakeStatus', (one) => one.lakeStatus(), 'lake', 'status', '--json');
  await same('lakeVerify', (one) => one.lakeVerify(), 'lake', 'verify', '--json');
});

test('files, history and status after runs are those of the commands', async () => {
  await same(
    'files',
    (one) => one.files({ tier: 'cold', limit: 3 }),
    ...['retention', 'files', '--tier', 'cold', '--limit', '3', '--json'],
  );
  const segment = (await firn.files()).files[0]!.segment;
  await same('file', (one) => one.file(segment), 'retention', 'files', segment, '--json');
  await same('history', (one) => one.history({ limit: 2 }), 'history', '--limit', '2', '--json');
  await same('status', (one) => one.status(), 'status', '--json');
  asked.add('metrics');
  const metrics = (await firn.metrics()).replaceAll(byLibrary, '…');
  const steady = (text: string): string => text.replace(/^firn_last_run_duration.*$/gm, '').trim();
  assert.equal(steady(metrics), steady(await printed('metrics')));
});

test('rows, as many as there are, are those of the commands with all digits', async () => {
  asked.add('search');
  const lines = (await printed('search', '--table', 'tool_uses', '--format', 'jsonl')).trim().split('\n');
  const found = firn.search({ tables: ['tool_uses'] });
  const hits: string[] = [];
  for await (const hit of found) hits.push(JSON.stringify(hit));
  assert.ok(hits.length > 30 && hits.some((hit) => hit.includes('9007199254740993')), `${hits.length}`);
  assert.deepEqual(hits, lines);
  const whole = JSON.parse(await printed('search', '--table', 'tool_uses', '--format', 'json'));
  assert.deepEqual(JSON.parse(JSON.stringify(found.totals())), totalsOf(whole));
  const few = { tables: ['tool_uses'], columns: ['tool', 'big'], limit: 5, order: 'oldest' } as const;
  const same5 = await printed(
    ...['search', '--table', 'tool_uses', '--columns', 'tool,big', '--limit', '5', '--oldest', '--json'],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(await firn.search(few).all())), JSON.parse(same5));
  await same(
    'count',
    (one) => one.count({ where: ['result_status=error'] }),
    ...['search', '--where', 'result_status=error', '--count', '--json'],
  );
  await same(
    'histogram',
    (one) => one.histogram({ tables: ['tool_uses'], facets: ['tool'] }),
    ...['search', '--table', 'tool_uses', '--histogram', '--facets', 'tool', '--json'],
  );
});

function totalsOf({ command: _, hits: __, ...totals }: Record<string, unknown>): Record<string, unknown> {
  return totals;
}

test('one row, one execution and a restored copy are those of the commands', async () => {
  const { hits } = await firn.search({ tables: ['tool_uses'], tiers: ['cold'], limit: 1 }).all();
  const { key, row } = hits[0]!;
  await same('explain', (one) => one.explain('tool_uses', key!), 'explain', 'tool_uses', ...key!, '--json');
  const condition = `execution_id=${String(row.execution_id)}`;
  await same('timeline', (one) => one.timeline(condition), 'timeline', condition, '--json');
  const where = [`id=${key![0]}`];
  const restore = ['restore', 'tool_uses', '--where', where[0]!, '--json', '--into'];
  const [one, other] = [join(byLibrary, 'restored.db'), join(byCommand, 'restored.db')];
  await same(
    'restore',
    (its) => its.restore('tool_uses', { into: one, where, dryRun: true }),
    ...restore,
    other,
    '--dry-run',
  );
  await same('restore', (its) => its.restore('tool_uses', { into: one, where }), ...restore, other);
  await same(
    'restore',
    (its) => its.restore('tool_uses', { into: 'hot', where, for: '2d' }),
    ...restore,
    'hot',
    '--for',
    '2d',
  );
});

test('an export is the same file, and SQL gives the same rows', async () => {
  asked.add('export').add('sql');
  const [one, other] = [join(byLibrary, 'uses.csv'), join(byCommand, 'uses.csv')];
  const exported = await firn.export('tool_uses', { output: one, format: 'csv' });
  await runFirn(
    [
      'export',
      'tool_uses',
      '--format',
      'csv',
      '--output',
      other,
      '--db-path',
      join(byCommand, 'ideas.db'),
      '--archive-path',
      join(byCommand, 'archives'),
    ],
    { cwd: root },
  );
  assert.deepEqual([exported.complete, exported.path], [true, one]);
  assert.equal(readFileSync(one, 'utf8'), readFileSync(other, 'utf8'));
  const text = `SELECT _tier, count(*) AS n, max(start_time) AS last FROM tool_uses GROUP BY 1 ORDER BY 1`;
  const rows = firn.sql(text);
  assert.deepEqual(
    JSON.parse(JSON.stringify(await rows.all())),
    JSON.parse(await printed('sql', text, '--format', 'json')),
  );
  assert.deepEqual([rows.about().complete, rows.about().columns.length], [true, 3]);
});

test('holds and an erasure are those of the commands', async () => {
  const hold = { table: 'tool_uses', where: ['tool=Bash'], reason: 'incident 42' };
  const words = ['--table', 'tool_uses', '--where', 'tool=Bash', '--reason', 'incident 42', '--json'];
  await same('addHold', (one) => one.addHold(hold), 'hold', 'add', ...words);
  await same('holds', (one) => one.holds(), 'hold', 'list', '--json');
  asked.add('removeHold');
  await firn.removeHold(1);
  await printed('hold', 'remove', '1');
  await same('holds', (one) => one.holds(), 'hold', 'list', '--json');
  const { hits } = await firn.search({ tables: ['skill_traces'], limit: 1 }).all();
  const where = [`id=${hits[0]!.key![0]}`];
  const erase = ['erase', '--table', 'skill_traces', '--where', where[0]!, '--json'];
  await same('erase', (one) => one.erase('skill_traces', { where, dryRun: true }), ...erase, '--dry-run');
  await same('erase', (one) => one.erase('skill_traces', { where }), ...erase, '--yes');
});

/** Methods without a JSON of the command line, and where they are tested. */
const WITHOUT_JSON: readonly (keyof Firn)[] = [
  // Without a lake it is refused.
  'lakeRebuild',
  ...(['config', 'close', 'run', 'pause', 'resume', 'acknowledge'] as const),
  ...(['segments', 'archiveStatistics', 'openSegment'] as const),
];

test('every method was compared, or has no JSON', () => {
  const all = Object.keys(firn) as (keyof Firn)[];
  assert.deepEqual(
    all.filter((name) => !asked.has(name) && !WITHOUT_JSON.includes(name)),
    [],
  );
  assert.ok(all.length > 30, `${all.length} methods`);
});
