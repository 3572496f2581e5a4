import { hash } from 'node:crypto';
import { contentPrint as linePrint } from '../../../format/line/line-content.ts';
import type { Connection } from '../connection/connection.ts';
import { isLeasedByRowid, leaseKeySql, originOf } from '../ledger/leases.ts';
import { withoutDate } from '../sql/line-date.ts';
import type { Table } from '../sql/sqlite-table.ts';

/** Rows of one step of a search: their lines, and what joins their keys to the table, as SQL. */
export interface RenderedRows {
  /** A table with `at` and `line`. */
  readonly lines: string;
  /** Yields the keys as `_firn_k`, joined to the table: what follows FROM, with `?` for `after` and `upto`. */
  readonly joined: string;
  readonly after: number;
  readonly upto: number;
}

/**
 * What of the rows that a search finds in hot may stand in the archive too, as of the same instant: by the lines that leased rows were restored
 * from, and by content. In temporary tables, so that memory is bounded.
 */
export class FoundStanding implements Disposable {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #leases: string | null;
  readonly #twins: string | null;
  /** How many rows with what a leased one held were met, by their print. */
  readonly #metPrints = new Map<string, number>();

  /** @param wants `leases`: rows of the table are leased. `twins`: a segment is being drained whose rows may have left hot before. */
  constructor(
    connection: Connection,
    table: Table,
    serial: number,
    wants: { readonly leases: boolean; readonly twins: boolean },
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#leases = wants.leases ? `temp._firn_leased_${serial}` : null;
    this.#twins = wants.twins ? `temp._firn_twins_${serial}` : null;
  }

  create(): void {
    const { db } = this.#connection;
    for (const name of [this.#leases, this.#twins]) {
      if (name === null) continue;
      db.exec(
        `CREATE TABLE ${name} (print BLOB, line BLOB, n INTEGER, PRIMARY KEY (print, line)) WITHOUT ROWID`,
      );
    }
  }

  add(rows: RenderedRows): void {
    if (this.#leases !== null) this.#addLeased(this.#leases, rows);
    if (this.#twins !== null) this.#addTwins(this.#twins, rows);
  }

  /**
   * How the row read that stood under the lease of a line, and answers for no other line then: empty when it read as it was restored. Null when
   * there was none.
   */
  takeLeased(line: Uint8Array): Uint8Array | null {
    return this.#leases === null ? null : this.#take(this.#leases, originOf(line));
  }

  /** Whether a row read as this line; it answers for no other line then. */
  takeTwin(line: Uint8Array): boolean {
    return this.#twins !== null && this.#take(this.#twins, contentPrint(line)) !== null;
  }

  [Symbol.dispose](): void {
    for (const name of [this.#leases, this.#twins])
      if (name !== null) this.#connection.db.exec(`DROP TABLE IF EXISTS ${name}`);
  }

  #addLeased(name: string, { lines, joined, after, upto }: RenderedRows): void {
    const { db } = this.#connection;
    const { shape } = this.#table;
    const found = db
      .prepare(
        `SELECT _firn_l.origin AS origin, _firn_l.print AS print, _firn_l.rowid_ IS NOT NULL AS isByRowid, _firn_f.line AS line FROM ${joined}
        CROSS JOIN main._firn_leases AS _firn_l ON _firn_l."table" = ? AND _firn_l.key = ${leaseKeySql(this.#table)}
        CROSS JOIN ${lines} AS _firn_f ON _firn_f.at = _firn_k.rowid`,
      )
      .all(after, upto, shape.table) as {
      origin: Uint8Array;
      print: Uint8Array;
      isByRowid: number;
      line: Uint8Array | string;
    }[];
    for (const { origin, print, isByRowid, line } of found) {
      const now = Buffer.concat([Buffer.from(line as string), Buffer.from('\n')]);
      const isSame = hash('sha256', now, 'buffer').equals(print);
      // The rowid of a row that holds something else says nothing.
      if (isSame || !isByRowid) this.#put(name, origin, isSame ? Buffer.alloc(0) : now);
    }
    if (isLeasedByRowid(this.#connection, this.#table))
      this.#addLeasedByContent(name, { lines, after, upto });
  }

  /** Rows that no key tells are the rows of leases by what they hold, one for each lease. */
  #addLeasedByContent(name: string, { lines, after, upto }: Omit<RenderedRows, 'joined'>): void {
    const { db } = this.#connection;
    const leases = db.prepare(
      `SELECT origin FROM main._firn_leases WHERE print = ? AND "table" = ? AND rowid_ IS NOT NULL ORDER BY key LIMIT 1 OFFSET ?`,
    );
    const rows = db.prepare(`SELECT line FROM ${lines} WHERE at > ? AND at <= ?`).all(after, upto) as {
      line: Uint8Array | string;
    }[];
    for (const { line } of rows) {
      const print = linePrint(Buffer.from(line as string));
      const met = this.#metPrints.get(print.toString('latin1')) ?? 0;
      const lease = leases.get(print, this.#table.shape.table, met) as { origin: Uint8Array } | undefined;
      if (lease === undefined) continue;
      this.#metPrints.set(print.toString('latin1'), met + 1);
      this.#put(name, lease.origin, Buffer.alloc(0));
    }
  }

  #addTwins(name: string, { lines, after, upto }: RenderedRows): void {
    const found = this.#connection.db
      .prepare(`SELECT line FROM ${lines} WHERE at > ? AND at <= ?`)
      .all(after, upto) as { line: Uint8Array | string }[];
    for (const { line } of found) this.#put(name, contentPrint(Buffer.from(line as string)), Buffer.alloc(0));
  }

  #put(name: string, print: Uint8Array, line: Uint8Array): void {
    this.#connection.db
      .prepare(`INSERT INTO ${name} VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1`)
      .run(print, line);
  }

  /** Unchanged rows are taken first. */
  #take(name: string, print: Uint8Array): Uint8Array | null {
    const { db } = this.#connection;
    const found = db
      .prepare(`SELECT line FROM ${name} WHERE print = ? AND n > 0 ORDER BY line LIMIT 1`)
      .get(print) as { line: Uint8Array } | undefined;
    if (found === undefined) return null;
    db.prepare(`UPDATE ${name} SET n = n - 1 WHERE print = ? AND line = ?`).run(print, found.line);
    return found.line;
  }
}

function contentPrint(line: Uint8Array): Uint8Array {
  return hash('sha256', withoutDate(line), 'buffer');
}
