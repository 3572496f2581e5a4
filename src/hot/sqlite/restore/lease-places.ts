import { hash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { contentPrint } from '../../../format/line/line-content.ts';
import { sizes } from '../../../model/sizes.ts';
import type { Connection } from '../connection/connection.ts';
import { schemaVersionOf } from '../connection/schema-version.ts';
import { RowsMoved, untilFound } from '../drain/rows-moved.ts';
import { ASIDE, isLeasedByRowid, type LeaseRow } from '../ledger/leases.ts';
import { rowsAsLines } from '../read/rows-as-lines.ts';
import { contentPrintSql, keylessSql } from '../sql/keyless-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';

/** Leases of rows that no key tells name rowids, which VACUUM and reloads change. This gives them the rowids that their rows have now. */
export interface LeasePlaces {
  /**
   * Runs a write transaction while the leases of the table name their rows: they are looked for before it where the schema has changed since they were
   * last found (VACUUM changes it too), and whenever it throws `RowsMoved`.
   */
  within<T>(operation: string, table: () => Table, transaction: (table: Table) => T): Promise<T>;
  /** Looks for them before the next transaction, whatever the schema says. */
  forget(): void;
  /** Throws `RowsMoved` unless it is known that the row of this lease, which is not where the lease says, is nowhere. */
  requireLost(table: string, lease: Pick<LeaseRow, 'key' | 'rowid'>): void;
  /** The same for the lease that names a rowid, if there is one: a new row is there. */
  vacate(table: string, rowid: bigint): void;
}

/** @param write runs a write transaction. */
export function leasePlaces(
  connection: Connection,
  write: <T>(operation: string, action: () => T) => Promise<T>,
): LeasePlaces {
  const version = schemaVersionOf(connection);
  /** As of which schema the leases of a table were found, and the keys of those whose rows were looked for in vain. */
  const known = new Map<string, { readonly asOf: number; readonly lost: Set<string> }>();
  let occupant: StatementSync | undefined;
  const find = async (table: Table): Promise<void> => {
    const asOf = version();
    const searched = new Search(connection, table);
    await searched.run();
    let lost: readonly string[] = [];
    if (searched.hasWork) {
      lost = await write('find the rows of leases', () => {
        if (version() !== asOf) throw new RowsMoved();
        return searched.place();
      });
    }
    known.set(table.shape.table, { asOf, lost: new Set(lost) });
  };
  const isFound = (table: Table): boolean =>
    !isLeasedByRowid(connection, table) || known.get(table.shape.table)?.asOf === version();
  const requireLost: LeasePlaces['requireLost'] = (table, { key, rowid }) => {
    if (rowid !== null && known.get(table)?.lost.has(key) !== true) throw new RowsMoved();
  };
  return {
    within: async (operation, tableNow, transaction) => {
      const name = tableNow().shape.table;
      return await untilFound(
        name,
        async () => {
          const table = tableNow();
          if (!isFound(table)) await find(table);
          return await write(operation, () => {
            const own = tableNow();
            if (!isFound(own)) throw new RowsMoved();
            return transaction(own);
          });
        },
        async () => {
          known.delete(name);
        },
      );
    },
    forget: () => known.clear(),
    requireLost,
    vacate: (table, rowid) => {
      const key = `rowid ${rowid}`;
      // The table of leases is there by now.
      occupant ??= connection.db.prepare('SELECT 1 FROM main._firn_leases WHERE "table" = ? AND key = ?');
      if (occupant.get(table, key) !== undefined) requireLost(table, { key, rowid });
      known.get(table)?.lost.delete(key);
    },
  };
}

interface Stray {
  readonly key: string;
  readonly print: Uint8Array;
}

/** One search for the rows of leases that are not where the leases say. Reads are short; no lock is held between two. */
class Search {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #read: (rowid: bigint) => Buffer | null;
  readonly #taken = new Set<bigint>();
  readonly #strays: Stray[] = [];
  /** Leases whose print is in the form that Firn wrote before: of the line with its rowid. */
  readonly #older: { readonly key: string; readonly print: Uint8Array }[] = [];
  /** Rowids by what the rows hold. */
  readonly #rows = new Map<string, bigint[]>();

  constructor(connection: Connection, table: Table) {
    this.#connection = connection;
    this.#table = table;
    const reader = rowsAsLines(connection, table, '', `${table.from} WHERE ${rowidSql(table)} = ?`);
    this.#read = (rowid) => {
      const { rows, lines } = reader.read(rowid);
      return rows === 0 ? null : lines;
    };
  }

  get hasWork(): boolean {
    return this.#strays.length + this.#older.length > 0;
  }

  async run(): Promise<void> {
    const leases = this.#connection.db.prepare(
      'SELECT key, rowid_ AS "rowid", print FROM main._firn_leases WHERE "table" = ? AND rowid_ IS NOT NULL ORDER BY key',
    );
    leases.setReadBigInts(true);
    const all = leases.all(this.#table.shape.table) as { key: string; rowid: bigint; print: Uint8Array }[];
    for (const [at, { key, rowid, print }] of all.entries()) {
      if (at % PAUSE === PAUSE - 1) await setImmediate();
      const now = key.startsWith(ASIDE) ? null : this.#read(rowid);
      const isOlder = now !== null && hash('sha256', now, 'buffer').equals(print);
      if (now === null || !(isOlder || contentPrint(now).equals(print))) this.#strays.push({ key, print });
      else this.#taken.add(rowid);
      if (isOlder) this.#older.push({ key, print: contentPrint(now) });
    }
    if (this.#strays.length > 0) await this.#scan();
  }

  async #scan(): Promise<void> {
    const { db } = this.#connection;
    const [table, rowid] = [this.#table, rowidSql(this.#table)];
    const upto = db.prepare(
      `SELECT max(id) AS id FROM (SELECT ${rowid} AS id FROM ${table.from} NOT INDEXED WHERE ${rowid} > ? ORDER BY 1 LIMIT ?)`,
    );
    const find = db.prepare(
      `SELECT id, print FROM (SELECT ${rowid} AS id, ${contentPrintSql(table)} AS print FROM ${table.from} NOT INDEXED
        WHERE ${rowid} > ? AND ${rowid} <= ? AND ${keylessSql(table)} ORDER BY ${rowid} LIMIT -1 OFFSET 0)
      WHERE print IN (SELECT print FROM main._firn_leases WHERE "table" = ? AND rowid_ IS NOT NULL)`,
    );
    for (const statement of [upto, find]) statement.setReadBigInts(true);
    for (let after = LEAST; ; ) {
      const { id: last } = upto.get(after, sizes.countedRows) as { id: bigint | null };
      if (last === null) return;
      for (const row of find.all(after, last, table.shape.table)) {
        const { id, print } = row as unknown as { id: bigint; print: Uint8Array };
        const name = nameOf(print);
        this.#rows.set(name, [...(this.#rows.get(name) ?? []), id]);
      }
      after = last;
      await setImmediate();
    }
  }

  /** Must run inside a write transaction. Returns the keys of the leases whose rows are nowhere. */
  place(): string[] {
    const { db } = this.#connection;
    const { table } = this.#table.shape;
    const nowhere: string[] = [];
    const found: { key: string; rowid: bigint }[] = [];
    for (const { key, print } of this.#strays) {
      const rows = (this.#rows.get(nameOf(print)) ?? []).filter((id) => !this.#taken.has(id));
      const rowid = rows.find((id) => isPrint(this.#read(id), print));
      // It was there a moment ago.
      if (rowid === undefined && rows.length > 0) throw new RowsMoved();
      if (rowid === undefined) nowhere.push(key);
      else {
        this.#taken.add(rowid);
        found.push({ key, rowid });
      }
    }
    const rename = db.prepare(
      'UPDATE OR REPLACE main._firn_leases SET key = ?, rowid_ = coalesce(?, rowid_) WHERE "table" = ? AND key = ?',
    );
    const older = db.prepare('UPDATE main._firn_leases SET print = ? WHERE "table" = ? AND key = ?');
    for (const { key, print } of this.#older) older.run(print, table, key);
    // Leases may change their places with each other, and one whose row is nowhere may be in the way.
    for (const { key } of found) rename.run(`${MOVING}${key}`, null, table, key);
    const inTheWay = new Set(nowhere);
    for (const { key, rowid } of found) {
      const place = `rowid ${rowid}`;
      if (inTheWay.delete(place)) {
        rename.run(`${ASIDE}${place}`, null, table, place);
        nowhere.push(`${ASIDE}${place}`);
      }
      rename.run(place, rowid, table, `${MOVING}${key}`);
    }
    return nowhere;
  }
}

/** Leases that are looked at before others have their turn. */
const PAUSE = 500;
const LEAST = -(2n ** 63n);
const MOVING = 'moving ';

function isPrint(line: Buffer | null, print: Uint8Array): boolean {
  return line !== null && contentPrint(line).equals(print);
}

function nameOf(print: Uint8Array): string {
  return Buffer.from(print).toString('latin1');
}

function rowidSql({ access }: Table): string {
  return (access as { readonly rowid: string }).rowid;
}
