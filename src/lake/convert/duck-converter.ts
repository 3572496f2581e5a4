import type { DuckDBConnection } from '@duckdb/node-api';
import type { LakeColumn } from '../../format/lake/lake-file.ts';
import { loadDuck, quoteName, quoteText } from '../duck/load-duck.ts';
import { EXACT, type LakeSchema } from './lake-schema.ts';
import { type LakeMetadata, METADATA_KEY, metadataText } from './parquet-file.ts';
import { rowsOfGroup } from './row-groups.ts';

/**
 * One thread and small row groups: with two threads, or with row groups of 120,000 long rows, DuckDB takes several times the memory and no less time
 * (docs/decisions/0148).
 */
const SETTINGS = {
  threads: '1',
  memory_limit: '150MB',
  preserve_insertion_order: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
};

/** Lines of a segment in a file of this machine, all of them tame. */
export interface TameLines {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Bytes of the longest line at most. */
  readonly longest: number;
}

/** Makes Parquet files with DuckDB. */
export class DuckConverter {
  readonly #connection: DuckDBConnection;
  readonly #close: () => void;

  private constructor(connection: DuckDBConnection, close: () => void) {
    [this.#connection, this.#close] = [connection, close];
  }

  /** @param folder takes what does not fit into memory. */
  static async open(folder: string): Promise<DuckConverter> {
    const { DuckDBInstance } = await loadDuck(
      'Without it Firn writes the lake line by line, which takes longer.',
    );
    const instance = await DuckDBInstance.create(':memory:', { ...SETTINGS, temp_directory: folder });
    const connection = await instance.connect();
    return new DuckConverter(connection, () => {
      connection.closeSync();
      instance.closeSync();
    });
  }

  async convert(
    { path, rows, bytes, longest }: TameLines,
    own: readonly LakeColumn[],
    schema: LakeSchema,
    metadata: LakeMetadata,
    target: string,
  ): Promise<void> {
    const keys = new Set(own.map(({ name }) => name));
    const inLines = schema.columns.filter(({ name }) => keys.has(name));
    const types = inLines.map((column) => `${quoteName(column.name)}: '${readAs(column)}'`).join(', ');
    const selected = schema.columns.map((column) =>
      keys.has(column.name) ? stored(column) : `NULL::${typeOf(column)} AS ${quoteName(column.name)}`,
    );
    const from = `read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${longest + 1})`;
    const sql = `SELECT ${[...selected, `NULL::VARCHAR AS ${EXACT}`].join(', ')} FROM ${from}`;
    await this.#copy(sql, rows, bytes, metadata, target);
  }

  /** One file with the rows of several, which have columns of one schema. */
  async merge(
    paths: readonly string[],
    { columns }: LakeSchema,
    size: Pick<TameLines, 'rows' | 'bytes'>,
    metadata: LakeMetadata,
    target: string,
  ): Promise<void> {
    const names = [...columns.map(({ name }) => quoteName(name)), EXACT].join(', ');
    const files = paths.map(quoteText).join(', ');
    const from = `read_parquet([${files}], union_by_name = true, hive_partitioning = false)`;
    await this.#copy(`SELECT ${names} FROM ${from}`, size.rows, size.bytes, metadata, target);
  }

  close(): void {
    this.#close();
  }

  async #copy(
    sql: string,
    rows: number,
    bytes: number,
    metadata: LakeMetadata,
    target: string,
  ): Promise<void> {
    const options = [
      'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, USE_TMP_FILE false',
      `ROW_GROUP_SIZE ${rowsOfGroup(rows, bytes)}`,
      `KV_METADATA {${METADATA_KEY}: ${quoteText(metadataText(metadata))}}`,
    ];
    await this.#connection.run(`COPY (${sql}) TO ${quoteText(target)} (${options.join(', ')})`);
  }
}

function typeOf({ kind }: LakeColumn): string {
  return { INT64: 'BIGINT', DOUBLE: 'DOUBLE', UTF8: 'VARCHAR', BYTE_ARRAY: 'BLOB' }[kind];
}

/** DuckDB's own BLOB of a text holds the escaped text. */
function readAs(column: LakeColumn): string {
  return column.kind === 'BYTE_ARRAY' ? 'VARCHAR' : typeOf(column);
}

function stored(column: LakeColumn): string {
  const name = quoteName(column.name);
  if (column.kind !== 'BYTE_ARRAY') return name;
  return `from_base64(substr(${name}, 11, length(${name}) - 12)) AS ${name}`;
}
