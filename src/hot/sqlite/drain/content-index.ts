import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { splitLines } from '../../../format/line/line.ts';
import { contentPrint, rowidOf } from '../../../format/line/line-content.ts';
import type { TimeSpan } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { rowsInSpan } from '../read/rows-in-span.ts';
import type { Table } from '../sql/sqlite-table.ts';

/**
 * Finds rows of a table without primary key by what they hold, wherever VACUUM or a reload has put them: an index in temporary storage (on
 * disk, outside the database) from 64 bits of a digest to rowids. What it finds are candidates, to be compared.
 */
export class ContentIndex implements Disposable {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #span: TimeSpan | null;
  readonly #name: string;
  readonly #find: StatementSync;
  #seen: bigint | null = null;

  constructor(connection: Connection, table: Table, span: TimeSpan | null, serial: number) {
    this.#connection = connection;
    this.#table = table;
    this.#span = span;
    this.#name = `temp._firn_contents_${serial}`;
    connection.db.exec(
      `CREATE TABLE ${this.#name} (print INTEGER, id INTEGER, PRIMARY KEY (print, id)) WITHOUT ROWID`,
    );
    this.#find = connection.db.prepare(`SELECT id FROM ${this.#name} WHERE print = ? ORDER BY id`);
    this.#find.setReadBigInts(true);
  }

  /** Takes in the rows behind the greatest rowid that it has met. Reads are short; no lock is held between two. */
  async extend(): Promise<void> {
    const insert = this.#connection.db.prepare(`INSERT OR IGNORE INTO ${this.#name} VALUES (?, ?)`);
    for (const { lines, upto } of rowsInSpan(this.#connection, this.#table, this.#span, this.#seen)) {
      // Of temporary storage alone: the database is not locked by it.
      this.#connection.db.exec('BEGIN');
      for (const line of splitLines(lines)) insert.run(printOf(line as Buffer), rowidOf(line as Buffer)!);
      this.#connection.db.exec('COMMIT');
      this.#seen = upto;
      await setImmediate();
    }
  }

  /** Rowids of rows that probably hold what the line says. */
  candidates(line: Buffer): bigint[] {
    return (this.#find.all(printOf(line)) as { id: bigint }[]).map(({ id }) => id);
  }

  [Symbol.dispose](): void {
    this.#connection.db.exec(`DROP TABLE IF EXISTS ${this.#name}`);
  }
}

function printOf(line: Buffer): bigint {
  return contentPrint(line).readBigInt64LE(0);
}
