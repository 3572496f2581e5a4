import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { createDemoDatabase } from '../../src/demo/demo-database.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import { firn } from '../cli/world.ts';
import { documentedBlocks } from '../package/documented-blocks.ts';
import { volatileFolder } from '../support/faults/recorded-run.ts';
import { cellsOfLine } from '../support/independent/archive-rows.ts';
import { bytesCell, canonicalRow, integerCell, realCell } from '../support/independent/canonical.ts';
import { askClickHouse, withoutClickHouse } from '../support/independent/clickhouse.ts';
import { type CurlBucket, uploadByCurl } from '../support/independent/curl-bucket.ts';
import { askDuck } from '../support/independent/duckdb.ts';
import { freshBucket, needsRadosgw } from '../support/s3/radosgw/radosgw.ts';

const statements = documentedBlocks(join(import.meta.dirname, '../..'))
  .filter(({ page, language }) => page === 'docs/lake.md' && language === 'sql')
  .map(({ text }) => text);
const [ofFolder, ofBucket, days, exact, lines, ofDuck, daysOfDuck, exactOfDuck, linesOfDuck] = statements as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const DOCUMENTED = 'https://acme-archive.s3.eu-central-1.amazonaws.com/agents';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;
const folder = volatileFolder();
const [database, archives] = [join(folder, 'ideas.db'), join(folder, 'archives')];
after(() => rmSync(folder, { recursive: true, force: true }));

type Row = ReadonlyMap<string, string>;
/** What `firn export` says of the archive, all of it and the warm tier, without NULL. */
let [all, warm]: [Row[], Row[]] = [[], []];

before(async () => {
  createDemoDatabase(database, { rows: 500, days: 45, now: instantOfMs(NOW), seed: 27 });
  change(`UPDATE tool_uses SET duration_ms = 'unknown' WHERE rowid % 19 = 0;
    UPDATE tool_uses SET duration_ms = 1.5 WHERE rowid % 19 = 1;
    UPDATE tool_uses SET duration_ms = 9007199254740993 WHERE rowid % 19 = 2;
    UPDATE tool_uses SET output = X'00ff' WHERE rowid % 19 = 3`);
  await run(NOW, 'gzip', 'archive', 'tool_uses');
  change(`ALTER TABLE tool_uses ADD COLUMN cost;
    UPDATE tool_uses SET cost = CASE rowid % 5 WHEN 0 THEN '1.50' WHEN 1 THEN 2.5 WHEN 2 THEN 7 WHEN 3 THEN 'free' END`);
  await run(NOW + 5 * DAY, 'zstd', 'archive', 'tool_uses');
  await run(NOW + 5 * DAY, 'zstd', 'cleanup', 'archives', '--consolidate-only');
  all = await exported();
  warm = await exported('--since', readdirSync(join(archives, 'warm')).sort()[0]!);
  assert.ok(all.length > warm.length && warm.length > 30);
});

test('the page has a statement for each question', () => {
  assert.equal(statements.length, 9);
});

const skip = withoutClickHouse === false ? needsRadosgw : { skip: withoutClickHouse };

test('ClickHouse reads the lake and the archive files, as docs/lake.md says', skip, async () => {
  const bucket = await freshBucket();
  await uploadByCurl(bucket, 'team-1/agents/', archives);
  const asked = [ofFolder, ofBucket, everyCell(ofFolder), everyCell(ofBucket), days, exact, lines];
  const answers = await askClickHouse(asked.map((sql) => placed(sql, bucket)));
  const [inFolder, inBucket, cells, cellsInBucket, byDay, notInColumn, inLines] = answers;
  for (const answer of [inFolder, inBucket]) assertSameAnswer(answer!, byTool(all));
  for (const answer of [cells, cellsInBucket]) assertSameCells(answer!);
  assertSameAnswer(byDay!, usesByDay());
  assertSameAnswer(notInColumn!, durationsNotInColumn());
  assertSameAnswer(inLines!, byTool(warm));
});

test('DuckDB reads the lake and the archive files, as docs/lake.md says', async () => {
  const ask = (sql: string) => askDuck(placed(sql));
  assertSameAnswer(await ask(ofDuck), byTool(all));
  assertSameCells(await ask(everyCell(ofDuck)));
  const byDay = await ask(daysOfDuck);
  assertSameAnswer(
    byDay.map(([day, uses]) => [(day as Date).toISOString().slice(0, 10), uses]),
    usesByDay(),
  );
  assertSameAnswer(await ask(exactOfDuck), durationsNotInColumn());
  const patterns = ['gz', 'zst'].map((suffix) =>
    /'[^']+gz'/.exec(linesOfDuck)![0].replace('.gz', `.${suffix}`),
  );
  assertSameAnswer(await ask(linesOfDuck.replace(/'[^']+gz'/, `[${patterns.join(', ')}]`)), byTool(warm));
  const [one, other] = [await ask(linesOfDuck), await ask(linesOfDuck.replace('jsonl.gz', 'jsonl.zst'))];
  const uses = [...one, ...other].reduce((sum, [, count]) => sum + Number(count), 0);
  assert.ok(one.length > 0 && other.length > 0);
  assert.equal(uses, warm.length);
});

async function run(now: number, compression: string, ...argv: string[]): Promise<string> {
  const config = join(folder, 'firn.config.yaml');
  const policy = `{time_column: created_at, hot: 7d, warm: 30d, cold: 3y, compression: ${compression}}`;
  writeFileSync(
    config,
    `database: ${database}\narchives: ${archives}\nlake: true\ntables:\n  tool_uses: ${policy}\n`,
  );
  const { status, stdout, stderr } = await firn([...argv, '--config', config], { now });
  assert.equal(status, 0, stderr);
  return stdout;
}

function change(sql: string): void {
  using db = new DatabaseSync(database, { enableForeignKeyConstraints: false });
  db.exec(sql);
}

async function exported(...argv: string[]): Promise<Row[]> {
  const text = await run(NOW + 5 * DAY, 'zstd', 'export', 'tool_uses', '--archives-only', ...argv);
  const written = text.split('\n').filter((line) => line !== '');
  return written.map((line) => new Map(withoutNull(cellsOfLine(line)!)));
}

function withoutNull(cells: readonly [string, string][]): [string, string][] {
  return cells.filter(([, cell]) => cell !== 'n');
}

function placed(sql: string, bucket?: CurlBucket): string {
  const inFolder = sql.replaceAll('/srv/archives/', `${archives}/`);
  if (bucket === undefined) return inFolder;
  return inFolder
    .replace(`${DOCUMENTED}/`, `${bucket.endpoint}/${bucket.bucket}/team-1/agents/`)
    .replace("'KEY', 'SECRET'", `'${bucket.accessKeyId}', '${bucket.secretAccessKey}'`);
}

function columns(): { readonly name: string; readonly type: string }[] {
  using db = new DatabaseSync(database, { readOnly: true });
  return db.prepare("SELECT name, type FROM pragma_table_info('tool_uses')").all() as never;
}

/** The source and the settings of a statement of the page, with every column. */
function everyCell(sql: string): string {
  const [source] = /^FROM .+$/m.exec(sql)!;
  const [settings = ''] = /^SETTINGS [^;]+/m.exec(sql) ?? [];
  return `SELECT ${columns()
    .map(({ name }) => name)
    .join(', ')}, _exact ${source.replace(/;$/, '')} ${settings}`;
}

function assertSameCells(answer: unknown[][]): void {
  const found = answer.map((row) => {
    const cells = columns().map(({ name, type }, at): [string, string] => [name, cellOf(type, row[at])]);
    const inExact = row.at(-1) === null ? [] : cellsOfLine(String(row.at(-1)))!;
    return canonicalRow(withoutNull([...new Map([...cells, ...inExact])]));
  });
  assert.deepEqual(found.sort(), all.map((row) => canonicalRow([...row])).sort());
}

function cellOf(type: string, value: unknown): string {
  if (value === null) return 'n';
  const text = String(value);
  const isNumber = type === 'INTEGER' || (type === '' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text));
  if (!isNumber) return bytesCell('t', Buffer.from(text));
  return /[.eE]/.test(text) ? realCell(Number(text)) : integerCell(BigInt(text));
}

function byTool(rows: readonly Row[]): unknown[][] {
  return Object.entries(Object.groupBy(rows, (row) => row.get('tool')!.slice(1))).map(([tool, of]) => {
    const durations = of!.map((row) => row.get('duration_ms')!).filter((cell) => cell.startsWith('i'));
    const slowest = durations.map((cell) => BigInt(cell.slice(1))).reduce((a, b) => (a > b ? a : b));
    return [tool, of!.length, of!.filter((row) => row.get('is_error') === 'i1').length, slowest];
  });
}

function usesByDay(): unknown[][] {
  const dayOf = (row: Row): string => row.get('created_at')!.slice(1, 11);
  const since = warm.filter((row) => dayOf(row) >= '2026-02-10');
  return Object.entries(Object.groupBy(since, dayOf)).map(([day, rows]) => [day, rows!.length]);
}

function durationsNotInColumn(): unknown[][] {
  const rows = all.filter((row) => !row.get('duration_ms')!.startsWith('i'));
  assert.ok(rows.length > 3);
  return rows.map((row) => [
    row.get('id')!.slice(1),
    row.get('duration_ms')!.startsWith('t') ? `"${row.get('duration_ms')!.slice(1)}"` : '1.5',
  ]);
}

function assertSameAnswer(answer: readonly unknown[][], expected: readonly unknown[][]): void {
  assert.ok(expected.length > 3);
  assert.deepEqual(answer.map(String).sort(), expected.map(String).sort());
}
