import { resolve } from 'node:path';
import type { Row, SqlValue } from '../../format/line/line.ts';
import { encodeLine, valueText } from '../../format/line/line-encode.ts';
import { lineClock } from '../../format/match/line-match.ts';
import { createSegmentWriter, type SegmentWriter } from '../../format/segment/segment-writer.ts';
import { FirnError } from '../../model/errors.ts';
import { asInstant, formatInstant, instantOfMs, startOfDay } from '../../model/instant.ts';
import { COMPRESSIONS, type Compression, isLevel } from '../../model/policy/compression.ts';
import { endOfSpan, firstDay, type Span } from '../../model/policy/span.ts';
import { ARCHIVED_AT, type Column } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { parseFirst } from '../../model/time/parse-instant.ts';
import { ANY_NUMBER } from '../../model/time/plausible.ts';
import { systemClock } from '../../stores/system-clock.ts';
import { type FooterAnswer, footerJson } from '../answers/retention/file-details-answer.ts';
import { NewFile, type OpenNewFile } from '../work/rows/new-file.ts';

/** What a new archive file contains. */
export interface ArchiveFileSettings {
  readonly table: string;
  /** All columns of the table in their order, with their declared types: `{ id: 'INTEGER', created_at: 'TEXT' }`. */
  readonly columns: Readonly<Record<string, string>>;
  /** The columns of the primary key, in key order. */
  readonly primaryKey: readonly string[];
  /** The column with the time of a row. */
  readonly timeColumn: string;
  /** The UTC day of the rows, `YYYY-MM-DD`; with a longer span, its first day. */
  readonly day: string;
  /** How much time the file covers (default `day`). */
  readonly span?: Span | undefined;
  /** Columns that get a Bloom filter, besides the primary key. */
  readonly lookupKeys?: readonly string[] | undefined;
  /** CREATE statements of the table, its indexes and triggers: `restore` needs them to create the table. */
  readonly ddl?: readonly string[] | undefined;
  /** How it is compressed: by default `zstd` if the name ends in `.zst`, else `gzip`. */
  readonly compression?: Compression | undefined;
  /** 1 (fastest) to 9 (smallest); the default is 5 for gzip, 3 for zstd. */
  readonly compressionLevel?: number | undefined;
  /** Number of the file, if the table has several for the day (default 1). */
  readonly part?: number | undefined;
}

/** A row to be written. A whole number in a column of an integer type is written as INTEGER, any other number as REAL. */
export type NewRow = Readonly<Record<string, SqlValue | undefined>>;

/** An archive file that is being written. Disposed of before `finish`, nothing is left of it. */
export interface ArchiveFileWriter extends AsyncDisposable {
  /** Rows written so far. */
  readonly count: number;
  /** Adds a row. Rejects with `usage` for an unknown column, for a time that is missing, invalid or not of this day, and for a value that SQLite does not have. */
  write(row: NewRow): Promise<void>;
  /** Adds rows. */
  writeBatch(rows: Iterable<NewRow> | AsyncIterable<NewRow>): Promise<void>;
  /** Seals the file and gives it its name, durably. Rejects with `refused` when it has no rows. */
  finish(): Promise<FooterAnswer>;
}

/** See `createArchiveFile`. */
export async function openFileWriter(
  path: string,
  settings: ArchiveFileSettings,
): Promise<ArchiveFileWriter> {
  const file = await (await NewFile.create(resolve(path), 'write the archive file')).open();
  try {
    return new FileWriter(file, path, settings);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

class FileWriter implements ArchiveFileWriter {
  count = 0;
  readonly #file: OpenNewFile;
  readonly #path: string;
  readonly #settings: ArchiveFileSettings;
  readonly #columns: readonly Column[];
  readonly #archivedAt: string;
  readonly #segment: SegmentWriter;
  readonly #instantOf = lineClock(undefined);
  /** Lines of the next block, and the values of its keys. */
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #times: number[] = [];
  #keys = new Map<string, string[]>();
  #laterForms = false;

  constructor(file: OpenNewFile, path: string, settings: ArchiveFileSettings) {
    [this.#file, this.#path, this.#settings] = [file, path, settings];
    const { table, columns, primaryKey, timeColumn, day, span = 'day', lookupKeys = [] } = settings;
    const { compression = path.endsWith('.zst') ? 'zstd' : 'gzip', compressionLevel: level } = settings;
    this.#columns = Object.entries(columns).map(([name, type]) => {
      return { name, type, key: primaryKey.indexOf(name) + 1 };
    });
    const named = [...primaryKey, timeColumn, ...lookupKeys].find((name) => !Object.hasOwn(columns, name));
    if (named !== undefined) throw this.#wrong(`${named} is none of the columns`);
    if (primaryKey.length === 0) throw this.#wrong('a table without a primary key cannot be written');
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || firstDay(day, span) !== day)
      throw this.#wrong(`${day} is not the first day of a ${span}`);
    if (!COMPRESSIONS.includes(compression))
      throw this.#wrong(`${compression} is not one of ${COMPRESSIONS.join(', ')}`);
    if (level !== undefined && !isLevel(level))
      throw this.#wrong(`the compression level ${level} is not 1 to 9`);
    this.#archivedAt = formatInstant(instantOfMs(systemClock.now()));
    this.#segment = createSegmentWriter(
      { write: (bytes) => this.#file.append(bytes) },
      {
        ...{ table, day, span, part: settings.part ?? 1, columns: this.#columns, primaryKey, timeColumn },
        ...{ ddl: settings.ddl ?? [], archivedAt: this.#archivedAt, compression, replaces: null },
      },
      { lookupKeys: [...new Set([...primaryKey, ...lookupKeys])], level },
    );
  }

  async write(given: NewRow): Promise<void> {
    const row = this.#rowOf(given);
    const { timeColumn, primaryKey, lookupKeys = [], day, span = 'day' } = this.#settings;
    const time = this.#instantOf(row[timeColumn] ?? null);
    if (time === null) throw this.#wrong(`the time of a row (${timeColumn}) is missing or invalid`);
    if (time < startOfDay(day) || time > endOfSpan({ day, span }))
      throw this.#wrong(`the time of a row, ${formatInstant(time)}, is not in the ${span} of ${day}`);
    const line = encodeLine([...this.#columns.map(({ name }) => name), ARCHIVED_AT], row);
    this.#lines.push(line);
    this.#bytes += line.length;
    this.#times.push(time);
    this.#laterForms ||= parseFirst(row[timeColumn] as Parameters<typeof parseFirst>[0], ANY_NUMBER) === null;
    for (const column of new Set([...primaryKey, ...lookupKeys])) {
      const values = this.#keys.get(column) ?? [];
      this.#keys.set(column, values);
      const text = valueText(row[column] ?? null);
      if (text !== null) values.push(text);
    }
    this.count++;
    if (this.#bytes >= sizes.blockBytes) await this.#flush();
  }

  async writeBatch(rows: Iterable<NewRow> | AsyncIterable<NewRow>): Promise<void> {
    for await (const row of rows) await this.write(row);
  }

  async finish(): Promise<FooterAnswer> {
    await this.#flush();
    const footer = await this.#segment.finish();
    await this.#file.publish();
    return footerJson(footer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const block = {
      ...{ lines: Buffer.concat(this.#lines), rows: this.#lines.length, keys: this.#keys },
      minTime: asInstant(this.#times.reduce((least, time) => Math.min(least, time))),
      maxTime: asInstant(this.#times.reduce((most, time) => Math.max(most, time))),
      laterForms: this.#laterForms,
    };
    [this.#lines, this.#bytes, this.#times, this.#keys] = [[], 0, [], new Map()];
    await this.#segment.add(block);
  }

  #rowOf(given: NewRow): Row {
    const unknown = Object.keys(given).find((name) => !this.#columns.some((column) => column.name === name));
    if (unknown !== undefined) throw this.#wrong(`a row has the unknown column ${unknown}`);
    const row: Row = Object.create(null);
    for (const { name, type, key } of this.#columns) {
      row[name] = this.#valueOf(given[name] ?? null, name, type);
      if (key > 0 && row[name] === null) throw this.#wrong(`a row has no value for the key column ${name}`);
    }
    row[ARCHIVED_AT] = this.#archivedAt;
    return row;
  }

  #valueOf(value: SqlValue, column: string, type: string): SqlValue {
    if (typeof value === 'number' && /int/i.test(type) && Number.isSafeInteger(value)) return BigInt(value);
    const isStored = value === null || ['string', 'bigint', 'number'].includes(typeof value);
    if (isStored || value instanceof Uint8Array) return value;
    throw this.#wrong(`the value of ${column} is a ${typeof value}, which SQLite does not have`);
  }

  #wrong(message: string): FirnError {
    return new FirnError('usage', message, { operation: 'write the archive file', path: this.#path });
  }
}
