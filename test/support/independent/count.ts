import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { SEGMENT, segmentText } from './segment-text.ts';

/*
 * Counts a database and an archive folder with node:sqlite and zlib alone, for tests that compare what Firn says. Nothing here may
 * import from src.
 */

export interface CountedRow {
  readonly table: string;
  /** What the row is known by: its id, or all of it where there is none. */
  readonly id: string;
  /** Microseconds since 1970; null when the time is missing or none. */
  readonly time: number | null;
  readonly cells: Readonly<Record<string, unknown>>;
}

export interface CountedSegment {
  /** `<day>/<file>`. */
  readonly name: string;
  readonly table: string;
  readonly day: string;
  readonly tier: 'warm' | 'cold';
  /** The file, or the bundle that has it, within the archive. */
  readonly path: string;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly rows: readonly CountedRow[];
}

export interface CountedArchive {
  readonly segments: readonly CountedSegment[];
  readonly bundles: readonly { readonly path: string; readonly bytes: number }[];
}

/** All rows of a table of the live database. */
export function liveRows(database: string, table: string): CountedRow[] {
  using db = new DatabaseSync(database, { readOnly: true });
  const select = db.prepare(`SELECT * FROM "${table}"`);
  select.setReadBigInts(true);
  return select.all().map((cells) => countedRow(table, cells));
}

export function countArchive(folder: string): CountedArchive {
  const warm = filesOf(join(folder, 'warm')).flatMap((name) => {
    const path = join(folder, 'warm', name);
    return SEGMENT.test(name) ? [segmentOf(name, 'warm', `warm/${name}`, readFileSync(path))] : [];
  });
  const bundles = filesOf(join(folder, 'cold')).flatMap((name) =>
    name.endsWith('.tar.gz')
      ? [{ path: `cold/${name}`, bytes: statSync(join(folder, 'cold', name)).size }]
      : [],
  );
  const cold = bundles.flatMap(({ path }) =>
    [...untar(gunzipSync(readFileSync(join(folder, path))))].map(([name, bytes]) =>
      segmentOf(name, 'cold', path, bytes),
    ),
  );
  return { segments: [...warm, ...cold], bundles };
}

/** Bytes of free pages of a database file. */
export function freeBytes(database: string): number {
  using db = new DatabaseSync(database, { readOnly: true });
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
  return pragma('freelist_count') * pragma('page_size');
}

function segmentOf(name: string, tier: 'warm' | 'cold', path: string, bytes: Buffer): CountedSegment {
  const [, day, table] = SEGMENT.exec(name)!;
  const text = segmentText(name, bytes);
  const rows = text
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { _archived_at, _rowid, ...cells } = JSON.parse(line);
      return countedRow(table!, cells);
    });
  return { name, table: table!, day: day!, tier, path, bytes: bytes.length, rawBytes: text.length, rows };
}

function countedRow(table: string, cells: Record<string, unknown>): CountedRow {
  const plain = Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, plainValue(value)]));
  const id = 'id' in plain ? String(plain.id) : JSON.stringify(plain);
  return { table, id, time: timeOf(plain.at), cells: plain };
}

/** The same for a value of the database and of a line. */
function plainValue(value: unknown): string | number | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'object')
    return Buffer.from((value as { $blob: string }).$blob, 'base64').toString('hex');
  return Number(value);
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?$/;

/** Seconds or milliseconds when it is a number; ISO text, UTC unless it says otherwise. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return Math.round(value > 1e11 ? value * 1000 : value * 1e6);
  const [, day, clock, fraction = '', zone = 'Z'] = ISO.exec(String(value)) ?? [];
  if (day === undefined) return null;
  return Date.parse(`${day}T${clock}${zone}`) * 1000 + Number(fraction.padEnd(6, '0'));
}

function* untar(tar: Buffer): Generator<[name: string, bytes: Buffer]> {
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    yield [name, tar.subarray(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
