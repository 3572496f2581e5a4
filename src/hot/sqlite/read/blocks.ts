import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { KeyHasher } from '../../../format/line/key-hashes.ts';
import { release } from '../../../format/segment/release.ts';
import { asInstant, type Day, startOfDay } from '../../../model/instant.ts';
import { endOfSpan } from '../../../model/policy/span.ts';
import { spanOfPolicy } from '../../../model/policy/thresholds.ts';
import { sizes } from '../../../model/sizes.ts';
import type { DueRule, RowBlock, UnitRange } from '../../hot-store.ts';
import { NO_LOCATORS } from '../../locators.ts';
import type { Connection } from '../connection/connection.ts';
import { isTooBig } from '../connection/sqlite-error.ts';
import type { Table } from '../sql/sqlite-table.ts';
import type { DueKeys } from '../survey/due-keys.ts';
import { type BlockSql, blockSql } from './block-sql.ts';
import { openParentTimes } from './parent-times.ts';
import { openPicks, type Picks } from './picks.ts';
import { locatorsOfRowids, readRowids } from './rowid-list.ts';

/** A block that is so full is yielded, rather than filled up by another read. */
const FULL = 0.8;
const LARGE = 1.25;
/** Reads that fill a block: SQLite takes four times the text while it joins it, and gives it as a copy. */
const PIECES = 4;
/** Surrogates, one of a pair or alone, and what stands for text that could not be read. */
const BEYOND = /[\ud800-\udfff\ufffd]/;

interface Piece {
  readonly text: Buffer;
  readonly rows: number;
  readonly format3: number | null;
  readonly least: number;
  readonly greatest: number;
  readonly rowids: Uint8Array | null;
  readonly units: Uint8Array | null;
  /** The values of each collected column, as a JSON array. */
  readonly keys: readonly (Uint8Array | string)[];
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
  units: Pick<UnitRange, 'first' | 'last'> | null = null,
): AsyncGenerator<RowBlock> {
  using picks = openPicks(connection, table, keys, day, units);
  using parents = openParentTimes(connection, table, keys, day, units);
  const sql = (form: 'plain' | 'exact') =>
    blockSql(connection, table, rule, keys, picks.source, archivedAt, form, parents);
  const reader = pieceReader(connection, rule, sql, picks, day, blockBytes);
  let pieces: Piece[] = [];
  let bytes = 0;
  for (const piece of reader.pieces()) {
    // What is large already is not joined with what is not, which would take its size once more.
    if (pieces.length > 0 && bytes + piece.text.length > blockBytes * LARGE) {
      yield assemble(pieces, reader.takeKeys());
      [pieces, bytes] = [[], 0];
    }
    reader.collect(piece);
    pieces.push(piece);
    bytes += piece.text.length;
    if (bytes < blockBytes * FULL) continue;
    yield assemble(pieces, reader.takeKeys());
    [pieces, bytes] = [[], 0];
    await setImmediate();
  }
  if (pieces.length > 0) yield assemble(pieces, reader.takeKeys());
}

interface PieceReader {
  pieces(): Generator<Piece>;
  /** Takes a piece's values of the collected columns. */
  collect(piece: Piece): void;
  /** The hashes of the values that were collected since the last call. */
  takeKeys(): RowBlock['keys'];
}

function pieceReader(
  connection: Connection,
  rule: DueRule,
  sql: (form: 'plain' | 'exact') => BlockSql,
  picks: Picks,
  day: Day,
  blockBytes: number,
): PieceReader {
  const { collected, params, sql: plainSql } = sql('plain');
  const plain = connection.db.prepare(plainSql);
  let exact: typeof plain | undefined;
  const hashers = collected.map((name) => ({ name, hasher: new KeyHasher() }));
  const [first, last] = [startOfDay(day), endOfSpan({ day, span: spanOfPolicy(rule.policy) })];

  const pieceBytes = blockBytes / PIECES;
  const memory = Math.max(sizes.readBytes, 4 * blockBytes);
  function read(after: bigint | number, upto: bigint, limit: number): PieceRow {
    const named = { after, upto, first, last, ...picks.params };
    connection.db.limits.length = limit;
    try {
      const found = plain.get(named, ...params) as unknown as PieceRow;
      if (found.text === null || isSound(connection, found.text)) return found;
      exact ??= connection.db.prepare(sql('exact').sql);
      return exact.get(named, ...params) as unknown as PieceRow;
    } finally {
      connection.db.limits.length = Number.POSITIVE_INFINITY;
    }
  }

  function* pieces(): Generator<Piece> {
    let after: bigint | number = picks.start;
    let rows = sizes.firstRows;
    for (;;) {
      const upto = picks.last(after, rows);
      if (upto === null) return;
      let found: PieceRow;
      try {
        found = read(after, upto, rows === 1 ? Number.POSITIVE_INFINITY : memory);
      } catch (error) {
        if (rows === 1 || !isTooBig(error)) throw error;
        rows = Math.max(1, rows >> 3);
        continue;
      }
      after = upto;
      if (found.text === null) continue;
      const text = asBuffer(found.text);
      // Before the text is given away, and perhaps released.
      rows = Math.min(Math.ceil(pieceBytes / (text.length / found.rows)), rows * 8, sizes.mostRows);
      const keys = hashers.map((_, at) => found[`key${at}`]!);
      const list = (ids: Uint8Array | string | null) => (ids === null ? null : asBuffer(ids));
      yield { ...found, text, keys, rowids: list(found.rowids), units: list(found.units) };
    }
  }
  return {
    pieces,
    collect: ({ keys }) => {
      for (const [at, { hasher }] of hashers.entries()) hasher.addArray(asBuffer(keys[at]!));
    },
    takeKeys: () => new Map(hashers.map(({ name, hasher }) => [name, hasher.take()])),
  };
}

/** As SQLite gives it: bytes, or text of a UTF-16 database. */
interface PieceRow {
  readonly rows: number;
  readonly text: Uint8Array | string | null;
  readonly format3: number | null;
  readonly least: number;
  readonly greatest: number;
  readonly rowids: Uint8Array | string | null;
  readonly units: Uint8Array | string | null;
  readonly [key: `key${number}`]: Uint8Array | string;
}

/**
 * False when a text in the lines may not be what the database holds: it is no UTF-8, or was no UTF-16. SQLite makes one code point beyond U+FFFF of a
 * lone surrogate and the unit behind it, so that a text with such a code point may be another one.
 */
export function isSound({ encoding }: Connection, text: Uint8Array | string): boolean {
  if (encoding === 'UTF-8') return isUtf8(text as Uint8Array);
  return !BEYOND.test(text as string);
}

export function asBuffer(text: Uint8Array | string): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

function assemble(pieces: readonly Piece[], keys: RowBlock['keys']): RowBlock {
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  return {
    lines: joined(pieces.map(({ text }) => text)),
    rows,
    minTime: asInstant(Math.min(...pieces.map(({ least }) => least))),
    maxTime: asInstant(Math.max(...pieces.map(({ greatest }) => greatest))),
    keys,
    ...(pieces.some(({ format3 }) => format3 === 1) ? { laterForms: true } : {}),
    locators: pieces[0]!.rowids === null ? NO_LOCATORS : locatorsOfRowids(numbersOf(pieces, 'rowids', rows)),
    ...(pieces[0]!.units === null ? {} : { units: numbersOf(pieces, 'units', rows) }),
  };
}

function joined(texts: readonly Buffer[]): Buffer {
  if (texts.length === 1) return texts[0]!;
  const whole = Buffer.concat(texts);
  for (const text of texts) release(text);
  return whole;
}

function numbersOf(
  pieces: readonly Piece[],
  list: 'rowids' | 'units',
  rows: number,
): BigInt64Array<ArrayBuffer> {
  const ids = new BigInt64Array(rows);
  let at = 0;
  for (const piece of pieces) at = readRowids(piece[list]!, ids, at);
  return ids;
}
