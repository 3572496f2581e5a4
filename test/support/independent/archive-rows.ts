import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesCell, canonicalRow, integerCell, realCell } from './canonical.ts';
import { SEGMENT, segmentText } from './segment-text.ts';

/** Rows by table, canonical and sorted. */
export type RowsByTable = Map<string, string[]>;

const MOST_OUTPUT = 1 << 30;

/** Reads an archive folder with Node's zlib, tar and JSON.parse: nothing of Firn's own. */
export function readWithZlib(archives: string): RowsByTable {
  const rows: RowsByTable = new Map();
  readSegments(join(archives, 'warm'), rows);
  for (const bundle of filesBelow(join(archives, 'cold')).filter((path) => path.endsWith('.tar.gz'))) {
    const folder = mkdtempSync(join(tmpdir(), 'firn-untar-'));
    try {
      run('tar', ['xzf', join(archives, 'cold', bundle), '-C', folder]);
      readSegments(folder, rows);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return sorted(rows);
}

/** The same with Python's gzip, tarfile and json, and the zstd program; null where one of them is missing. */
export function readWithPython(archives: string): RowsByTable | null {
  if (['python3', 'zstd'].some((one) => spawnSync(one, ['--version']).status !== 0)) return null;
  return toldByPython([join(import.meta.dirname, 'reader.py'), archives]);
}

/** The same with the Python code of `docs/format.md`, which verifies the seals and the digests of all blocks. */
export function readAsDocumented(archives: string): RowsByTable {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/format.md'), 'utf8');
  const code = [...document.matchAll(/```python\n(.*?)```/gs)].map(([, block]) => block);
  const program = [
    'import sys',
    'sys.path.insert(0, sys.argv[2])',
    'import reader',
    ...code,
    'def of(name, data):',
    '    if reader.table_of(name) is not None:',
    '        for row in rows(data):',
    '            reader.tell(reader.table_of(name), row)',
    'for name, path in reader.files(sys.argv[1]):',
    '    data = open(path, "rb").read()',
    '    if name.startswith("warm/"):',
    '        of(name[5:], data)',
    '    elif name.startswith("cold/") and name.endswith(".tar.gz"):',
    '        for entry in open_segment(data)["members"]:',
    '            of(entry["name"], member(data, entry))',
  ].join('\n');
  return toldByPython(['-B', '-c', program, archives, import.meta.dirname]);
}

function toldByPython(args: readonly string[]): RowsByTable {
  const rows: RowsByTable = new Map();
  for (const line of run('python3', args).toString().split('\n')) {
    if (line === '') continue;
    const [table, cells] = JSON.parse(line) as [string, [string, string][]];
    add(rows, table, canonicalRow(cells));
  }
  return sorted(rows);
}

/** How many rows each file of the warm tier holds, by its path. */
export function rowsByPart(archives: string): Map<string, number> {
  const folder = join(archives, 'warm');
  const parts = new Map<string, number>();
  for (const path of filesBelow(folder)) {
    if (!SEGMENT.test(path)) continue;
    const bytes = readFileSync(join(folder, path));
    const lines = [...linesOf(segmentText(path, bytes))];
    parts.set(path, lines.filter((line) => !line.startsWith('{"_firn_')).length);
  }
  return parts;
}

function readSegments(folder: string, rows: RowsByTable): void {
  for (const path of filesBelow(folder)) {
    const [, , encoded] = SEGMENT.exec(path) ?? [];
    if (encoded === undefined) continue;
    const bytes = readFileSync(join(folder, path));
    for (const line of linesOf(segmentText(path, bytes))) {
      const cells = cellsOfLine(line);
      if (cells !== null) add(rows, decodeURIComponent(encoded), canonicalRow(cells));
    }
  }
}

/** The cells of a row's line, without what Firn adds to it; null for a line that is no row. */
export function cellsOfLine(line: string): [column: string, cell: string][] | null {
  const row = JSON.parse(line, exact as (key: string, value: unknown) => unknown) as Record<string, Exact>;
  if (Object.keys(row)[0]!.startsWith('_firn_')) return null;
  const names = Object.keys(row);
  // What stands behind `_archived_at` is Firn's; a table may have a column `_time` before it.
  const own = (name: string): boolean =>
    !['_archived_at', '_rowid'].includes(name) &&
    (name !== '_time' || names.indexOf(name) < names.indexOf('_archived_at'));
  const cells = Object.entries(row).filter(([name]) => own(name));
  return cells.map(([name, value]) => [name, cellOf(value)]);
}

/** What `exact` leaves of a value: numbers are put into a box with their own digits. */
type Exact = null | string | { readonly digits: string } | Readonly<Record<string, string>>;

function exact(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' ? { digits: context.source } : value;
}

function cellOf(value: Exact): string {
  if (value === null) return 'n';
  if (typeof value === 'string') return bytesCell('t', Buffer.from(value));
  const [kind, text] = Object.entries(value)[0] as [string, string];
  if (kind === 'digits') return /[.eE]/.test(text) ? realCell(Number(text)) : integerCell(BigInt(text));
  if (kind === '$real') return realCell(Number(text));
  if (kind !== '$text' && kind !== '$blob') throw new Error(`no value of a line: ${JSON.stringify(value)}`);
  return bytesCell(kind === '$text' ? 't' : 'b', Buffer.from(text, 'base64'));
}

export function* linesOf(text: Buffer): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf(10, start);
    if (end < 0) throw new Error('the last line has no line feed');
    yield text.toString('utf8', start, end);
    start = end + 1;
  }
}

function filesBelow(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
}

function add(rows: RowsByTable, table: string, row: string): void {
  const known = rows.get(table);
  if (known === undefined) rows.set(table, [row]);
  else known.push(row);
}

function sorted(rows: RowsByTable): RowsByTable {
  for (const list of rows.values()) list.sort();
  return rows;
}

function run(command: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: MOST_OUTPUT });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}
