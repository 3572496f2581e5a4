import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { type Day, endOfDay, startOfDay } from '../../model/instant.ts';
import type { DueRule, RowBlock } from '../hot-store.ts';
import { blockSql } from './block-sql.ts';
import type { Connection } from './connection.ts';
import type { DueKeys } from './due-keys.ts';
import { openPicks, type Picks } from './picks.ts';
import type { Table } from './table.ts';

/** One read yields about this much text, and at most `MEMORY`: lines beyond their share of it are read in smaller pieces. */
const PIECE_BYTES = 256 << 10;
const MEMORY = 32 << 20;
const FIRST_ROWS = 16;
const MOST_ROWS = 4096;
/** Of one row alone: as much as SQLite can hold. */
const NO_LIMIT = 2 ** 31 - 1;
const LINE_FEED = Buffer.from('\n');
const REPLACEMENT = Buffer.from('\ufffd');

interface Piece {
  readonly text: Buffer;
  readonly rows: number;
  readonly least: number;
  readonly greatest: number;
  readonly rowids: string | null;
  /** The collected values of each column, as JSON arrays. */
  readonly values: readonly string[];
}

/** See `HotReader.blocks`. */
export async function* readBlocks(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: DueKeys,
  day: Day,
  archivedAt: string,
  blockBytes: number,
): AsyncGenerator<RowBlock> {
  using picks = openPicks(connection, table, keys, day);
  const reader = pieceReader(connection, table, rule, keys, picks, day, archivedAt);
  let pieces: Piece[] = [];
  let bytes = 0;
  for (const piece of reader.pieces()) {
    pieces.push(piece);
    bytes += piece.text.length + 1;
    if (bytes < blockBytes) continue;
    yield assemble(pieces, reader.collected);
    [pieces, bytes] = [[], 0];
    await setImmediate();
  }
  if (pieces.length > 0) yield assemble(pieces, reader.collected);
}

function pieceReader(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: DueKeys,
  picks: Picks,
  day: Day,
  archivedAt: string,
): { readonly collected: readonly string[]; pieces(): Generator<Piece> } {
  const sql = (form: 'plain' | 'exact') =>
    blockSql(connection, table, rule, keys, picks.source, archivedAt, form);
  const { collected, params, sql: plainSql } = sql('plain');
  const plain = connection.db.prepare(plainSql);
  let exact: typeof plain | undefined;
  const [first, last] = [startOfDay(day), endOfDay(day)];

  function read(after: bigint | number, upto: bigint, limit: number): PieceRow {
    const named = { after, upto, limit, first, last, ...picks.params };
    const found = plain.get(named, ...params) as unknown as PieceRow;
    if (found.text === null || isSound(connection, found.text)) return found;
    exact ??= connection.db.prepare(sql('exact').sql);
    return exact.get(named, ...params) as unknown as PieceRow;
  }

  function* pieces(): Generator<Piece> {
    let after: bigint | number = picks.start;
    let rows = FIRST_ROWS;
    for (;;) {
      const upto = picks.last(after, rows);
      if (upto === null) return;
      const found = read(after, upto, rows === 1 ? NO_LIMIT : Math.floor(MEMORY / rows));
      if (found.fitting < found.rows) {
        rows = Math.max(1, rows >> 3);
        continue;
      }
      after = upto;
      if (found.text === null) continue;
      const text = Buffer.from(found.text as string);
      yield {
        text,
        rows: found.rows,
        least: found.least,
        greatest: found.greatest,
        rowids: found.rowids,
        values: collected.map((_, at) => found[`key${at}`]!),
      };
      const share = Math.ceil(PIECE_BYTES / (text.length / found.rows));
      rows = Math.min(share, rows * 8, MOST_ROWS);
    }
  }
  return { collected, pieces };
}

/** As SQLite gives it: bytes, or text of a UTF-16 database. */
interface PieceRow {
  readonly rows: number;
  readonly fitting: number;
  readonly text: Uint8Array | string | null;
  readonly least: number;
  readonly greatest: number;
  readonly rowids: string | null;
  readonly [key: `key${number}`]: string;
}

/** False when a text in the lines may not be what the database holds: it is no UTF-8, or was no UTF-16. */
export function isSound({ encoding }: Connection, text: Uint8Array | string): boolean {
  if (encoding === 'UTF-8') return isUtf8(text as Uint8Array);
  return !Buffer.from(text as string).includes(REPLACEMENT);
}

function assemble(pieces: readonly Piece[], collected: readonly string[]): RowBlock {
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  return {
    lines: Buffer.concat(pieces.flatMap(({ text }) => [text, LINE_FEED])),
    rows,
    minTime: Math.min(...pieces.map(({ least }) => least)),
    maxTime: Math.max(...pieces.map(({ greatest }) => greatest)),
    keys: new Map(collected.map((name, at) => [name, distinct(pieces, at)])),
    rowids: pieces[0]!.rowids === null ? null : rowidsOf(pieces, rows),
  };
}

function distinct(pieces: readonly Piece[], at: number): string[] {
  const values = new Set<string | null>();
  for (const piece of pieces) for (const value of JSON.parse(piece.values[at]!)) values.add(value);
  values.delete(null);
  return [...values] as string[];
}

function rowidsOf(pieces: readonly Piece[], rows: number): BigInt64Array {
  const ids = new BigInt64Array(rows);
  let at = 0;
  for (const { rowids } of pieces) for (const id of rowids!.split(',')) ids[at++] = BigInt(id);
  return ids;
}
