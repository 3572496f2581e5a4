import { type FileHandle, open } from 'node:fs/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import type { LakeColumn } from '../../format/lake/lake-file.ts';
import { decodeLine, splitLines } from '../../format/line/line.ts';
import { encodeValue } from '../../format/line/line-encode.ts';
import { foldWord } from '../../model/names.ts';
import { sizes } from '../../model/sizes.ts';
import { cellIn, type LakeCell } from './exact-cells.ts';
import { EXACT, type LakeSchema } from './lake-schema.ts';
import { type LakeMetadata, METADATA_KEY, metadataText } from './parquet-file.ts';
import { ByteWriter, ParquetWriter } from './parquet-library.ts';

type Stored = LakeCell['stored'];

/** Parquet's names for what a column holds. */
const TYPES = {
  INT64: { type: 'INT64' },
  DOUBLE: { type: 'DOUBLE' },
  UTF8: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  BYTE_ARRAY: { type: 'BYTE_ARRAY' },
} as const;

/** Writes a Parquet file line by line, without DuckDB: more slowly, and every cell whatever it is. */
export class ScriptConverter {
  readonly #file: FileHandle;
  readonly #bytes: ByteWriter;
  readonly #parquet: ParquetWriter;
  readonly #schema: LakeSchema;
  readonly #columns: Stored[][];
  readonly #at: ReadonlyMap<LakeColumn, number>;
  #exact: (string | null)[] = [];
  #groupBytes = 0;
  rows = 0;
  exactRows = 0;

  private constructor(file: FileHandle, schema: LakeSchema) {
    [this.#file, this.#schema, this.#bytes] = [file, schema, new ByteWriter(1 << 20)];
    this.#at = new Map(schema.columns.map((column, at) => [column, at]));
    this.#columns = schema.columns.map(() => []);
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      codec: 'ZSTD',
      compressors: { ZSTD: zstd },
      createdBy: 'firn',
      schema: [
        { name: 'root', num_children: schema.columns.length + 1 },
        ...[...schema.columns, { name: EXACT, kind: 'UTF8' } as const].map(({ name, kind }) => ({
          ...{ name, repetition_type: 'OPTIONAL' as const },
          ...TYPES[kind],
        })),
      ],
    });
  }

  static async open(target: string, schema: LakeSchema): Promise<ScriptConverter> {
    return new ScriptConverter(await open(target, 'wx', 0o600), schema);
  }

  /** Whole lines. */
  async add(block: Uint8Array): Promise<void> {
    for (const line of splitLines(block)) {
      this.#addLine(line);
      if (this.#groupBytes >= sizes.lakeScriptGroupBytes || this.#exact.length >= sizes.lakeGroupRows)
        await this.#endGroup();
    }
  }

  async finish(metadata: Omit<LakeMetadata, 'exactRows'>): Promise<void> {
    await this.#endGroup();
    const value = metadataText({ ...metadata, exactRows: this.exactRows });
    this.#parquet.kvMetadata = [{ key: METADATA_KEY, value }];
    await this.#parquet.finish();
    await this.#flush();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #addLine(line: Uint8Array): void {
    const at = this.#exact.length;
    for (const column of this.#columns) column.push(null);
    const exact: string[] = [];
    for (const [key, value] of Object.entries(decodeLine(line))) {
      const column = this.#schema.byKey.get(foldWord(key));
      const cell = column === undefined ? null : cellIn(column, value);
      if (column !== undefined) this.#columns[this.#at.get(column)!]![at] = cell!.stored;
      if (cell === null ? value !== null : cell.isExact)
        exact.push(`${JSON.stringify(key)}:${encodeValue(value)}`);
    }
    this.#exact.push(exact.length === 0 ? null : `{${exact.join(',')}}`);
    this.rows++;
    if (exact.length > 0) this.exactRows++;
    this.#groupBytes += line.length;
  }

  async #endGroup(): Promise<void> {
    const rows = this.#exact.length;
    if (rows === 0) return;
    const columnData = [
      ...this.#schema.columns.map(({ name }, at) => ({ name, data: this.#columns[at]! })),
      { name: EXACT, data: this.#exact },
    ];
    await this.#parquet.write({ columnData, rowGroupSize: rows });
    for (const column of this.#columns) column.length = 0;
    this.#exact = [];
    this.#groupBytes = 0;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#file.appendFile(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

function zstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}
