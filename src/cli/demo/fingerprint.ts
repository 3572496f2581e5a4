import { hash } from 'node:crypto';
import { createReadStream, globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { createGunzip } from 'node:zlib';

/** What a set of rows amounts to, whatever their order: how many, and the sum of their digests. */
export interface Fingerprint {
  readonly rows: number;
  readonly sum: bigint;
}

const SUM_BITS = 128;

export function combine(one: Fingerprint, other: Fingerprint): Fingerprint {
  return { rows: one.rows + other.rows, sum: BigInt.asUintN(SUM_BITS, one.sum + other.sum) };
}

/** True when the same rows were counted, each as often. */
export function agree(one: Fingerprint, other: Fingerprint): boolean {
  return one.rows === other.rows && one.sum === other.sum;
}

export const NOTHING: Fingerprint = { rows: 0, sum: 0n };

function withRow({ rows, sum }: Fingerprint, json: string): Fingerprint {
  const digest = BigInt(`0x${hash('sha256', json).slice(0, SUM_BITS / 4)}`);
  return { rows: rows + 1, sum: BigInt.asUintN(SUM_BITS, sum + digest) };
}

/** The rows of a table, as SQLite itself writes them as JSON; those whose id begins with `without` are left out. */
export function fingerprintTable(database: string, table: string, without: string): Fingerprint {
  using db = new DatabaseSync(database, { readOnly: true });
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  const pairs = columns.map(({ name }) => `'${name}', "${name}"`).join(', ');
  const rows = db.prepare(`SELECT json_object(${pairs}) AS json FROM "${table}" WHERE id NOT GLOB ?`);
  let found = NOTHING;
  for (const { json } of rows.iterate(`${without}*`)) found = withRow(found, json as string);
  return found;
}

/**
 * The rows of a table in the archives' daily files, read with nothing but gunzip: each line without the `_archived_at`
 * at its end is the row.
 */
export async function fingerprintArchives(archives: string, table: string): Promise<Fingerprint> {
  let found = NOTHING;
  for (const file of globSync(`warm/*/${table}{,.*}.jsonl.gz`, { cwd: archives })) {
    const lines = createInterface({ input: createReadStream(join(archives, file)).pipe(createGunzip()) });
    for await (const line of lines) {
      found = withRow(found, line.replace(/,"_archived_at":"[^"]*"\}$/, '}'));
    }
  }
  return found;
}
