import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { documentedBlocks } from '../../package/documented-blocks.ts';
import {
  cellsOfLine,
  type RowsByTable,
  readWithZlib,
  rowsByPart,
} from '../../support/independent/archive-rows.ts';
import { bytesCell, canonicalRow, integerCell } from '../../support/independent/canonical.ts';
import { askClickHouse, withoutClickHouse } from '../../support/independent/clickhouse.ts';
import { assertWhole } from '../../support/independent/same-rows.ts';
import { SEGMENT } from '../../support/independent/segment-text.ts';
import { freshBucket, needsRadosgw } from '../../support/s3/radosgw/radosgw.ts';
import { archivedBucket, MIXED } from './archived-bucket.ts';

const [byDay, ofTable] = documentedBlocks(join(import.meta.dirname, '../../..'))
  .filter(({ page, language }) => page === 'docs/s3.md' && language === 'sql')
  .map(({ text }) => text) as [string, string];
const DOCUMENTED = 'https://acme-archive.s3.eu-central-1.amazonaws.com/agents';

const everyLine = `SELECT decodeURLComponent(extract(_file, '^([^.]+)')), line
  FROM s3('${DOCUMENTED}/warm/*/*.jsonl.{gz,zst}', 'KEY', 'SECRET', 'LineAsString', 'line String')`;

const skip = withoutClickHouse === false ? needsRadosgw : { skip: withoutClickHouse };

test(
  'ClickHouse reads the warm segments in a bucket and in a folder, as docs/s3.md says',
  skip,
  async (t) => {
    const bucket = await freshBucket();
    const { folder, database, archives, prefix, original } = await archivedBucket(t, bucket);
    const tables = [...original.keys()].filter((table) => table === 'readings' || table === 'tool_uses');
    const places = {
      bucket: (sql: string): string =>
        sql
          .replace(`${DOCUMENTED}/`, `${bucket.endpoint}/${bucket.bucket}/${prefix}`)
          .replace("'KEY', 'SECRET'", `'${bucket.accessKeyId}', '${bucket.secretAccessKey}'`),
      folder: (sql: string): string =>
        sql.replace(`s3('${DOCUMENTED}/`, `file('${archives}/`).replace(/'KEY', 'SECRET',\s+/, ''),
    };
    const [warm, bundled] = ['warm', 'cold'].map((tier) => {
      cpSync(join(archives, tier), join(folder, `${tier}-alone`, tier), { recursive: true });
      return readWithZlib(join(folder, `${tier}-alone`));
    }) as [RowsByTable, RowsByTable];

    for (const [place, written] of Object.entries(places)) {
      const columns = tables.map((table) => columnsOf(database, table));
      const [days, tools, lines, ...cells] = await askClickHouse([
        ...[byDay, ofTable, everyLine].map(written),
        ...tables.map((table, at) => written(everyCell(table, columns[at]!))),
      ]);
      await t.test(`rows by table and day of the ${place}`, () => {
        const expected = new Map<string, number>();
        for (const [path, rows] of rowsByPart(archives)) {
          const [, day, table] = SEGMENT.exec(path)!;
          const group = `${decodeURIComponent(table!)} ${day}`;
          expected.set(group, (expected.get(group) ?? 0) + rows);
        }
        assert.deepEqual(
          days!.map(([table, day, rows]) => `${table} ${day} ${rows}`),
          [...expected].map((entry) => entry.join(' ')).sort(),
        );
      });
      await t.test(`one table of the ${place}`, () => {
        const uses = warm.get('tool_uses')!.map((row) => new Map(JSON.parse(row) as [string, string][]));
        const expected = Object.entries(Object.groupBy(uses, (use) => use.get('tool')!.slice(1))).map(
          ([tool, of]) => [
            tool,
            of!.length,
            of!.filter((use) => use.get('is_error') === 'i1').length,
            Math.max(...of!.map((use) => Number(use.get('duration_ms')!.slice(1)))),
          ],
        );
        assert.ok(expected.length > 3);
        assert.deepEqual(new Set(tools!.map(String)), new Set(expected.map(String)));
      });
      await t.test(`every cell of the ${place}`, () => {
        const archived: RowsByTable = new Map(
          tables.map((table) => [table, [...(bundled.get(table) ?? [])]]),
        );
        for (const [at, table] of tables.entries()) {
          const found = cells[at]!.map((row) =>
            canonicalRow(columns[at]!.map(({ name, type }, i) => [name, cellOf(type, row[i])])),
          );
          assert.ok(found.length >= 6);
          archived.get(table)!.push(...found);
        }
        assertWhole(new Map(tables.map((table) => [table, original.get(table)!])), database, archived);
      });
      await t.test(`every line of the ${place}`, () => {
        const archived: RowsByTable = new Map(Array.from(bundled, ([table, rows]) => [table, [...rows]]));
        for (const [table, line] of lines as [string, string][]) {
          if (!archived.has(table)) archived.set(table, []);
          archived.get(table)!.push(canonicalRow(cellsOfLine(line)!));
        }
        assert.equal(archived.get(MIXED)!.length, 6);
        assertWhole(original, database, archived);
      });
    }
  },
);

interface Column {
  readonly name: string;
  readonly type: 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';
}

function columnsOf(database: string, table: string): Column[] {
  using db = new DatabaseSync(database, { readOnly: true });
  return db.prepare('SELECT name, type FROM pragma_table_info(?)').all(table) as unknown as Column[];
}

/** As the table of types in docs/s3.md has it; the bits of reals as an integer, since JSON has no infinity. */
function everyCell(table: string, columns: readonly Column[]): string {
  const expressions = columns.map(({ name, type }) => {
    if (type === 'BLOB') return `hex(base64Decode(JSONExtractString(${name}, '$blob')))`;
    if (type !== 'REAL') return name;
    return `reinterpretAsUInt64(coalesce(toFloat64OrNull(JSONExtractString(${name}, '$real')), toFloat64OrNull(${name})))`;
  });
  const structure = columns.map(
    ({ name, type }) => `${name} Nullable(${type === 'INTEGER' ? 'Int64' : 'String'})`,
  );
  return `SELECT ${expressions.join(', ')} FROM s3('${DOCUMENTED}/warm/*/${table}.*jsonl.{gz,zst}', 'KEY', 'SECRET',
    'JSONEachRow', '${structure.join(', ')}')`;
}

function cellOf(type: Column['type'], value: unknown): string {
  if (value === null) return 'n';
  if (type === 'INTEGER') return integerCell(BigInt(String(value)));
  if (type === 'REAL') return `r${BigInt(String(value)).toString(16).padStart(16, '0')}`;
  if (type === 'BLOB') return bytesCell('b', Buffer.from(String(value), 'hex'));
  return bytesCell('t', Buffer.from(String(value)));
}
