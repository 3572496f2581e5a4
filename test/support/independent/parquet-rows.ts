import { zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { InvalidText, type SqlValue } from '../../../src/format/line/line.ts';
import { type Cells, cell } from '../faults/cells.ts';

/** What a lake file says of itself, and its rows as `docs/lake.md` says that they are read: without Firn. */
export interface ParquetRows {
  readonly metadata: FileMetaData;
  readonly firn: { readonly any_columns: readonly string[]; readonly [key: string]: unknown };
  readonly rows: readonly Cells[];
}

export type Stored = null | undefined | bigint | number | string | Uint8Array;

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export async function parquetRows(bytes: Uint8Array): Promise<ParquetRows> {
  const buffer = new Uint8Array(bytes).buffer as ArrayBuffer;
  const metadata = parquetMetadata(buffer);
  const firn = JSON.parse(metadata.key_value_metadata!.find(({ key }) => key === 'firn')!.value!);
  const stored = (await parquetReadObjects({
    file: buffer,
    metadata,
    utf8: false,
    compressors: {
      ZSTD: (input, length) =>
        new Uint8Array(zstdDecompressSync(input, { maxOutputLength: Math.max(length, 1) })),
    },
  })) as Record<string, Stored>[];
  const any = new Set<string>(firn.any_columns);
  return { metadata, firn, rows: stored.map((row) => cellsOf(row, any)) };
}

/** The cells of a row, as any reader of Parquet gives its columns. */
export function cellsOf({ _exact, ...columns }: Record<string, Stored>, any: ReadonlySet<string>): Cells {
  const cells: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(columns))
    cells[name] = cell(valueIn(value ?? null, any.has(name)));
  for (const [name, value] of Object.entries(JSON.parse((_exact as string | null) ?? '{}', exactNumbers)))
    cells[name] = cell(value as SqlValue);
  return cells;
}

function valueIn(value: Exclude<Stored, undefined>, isAny: boolean): SqlValue {
  if (!isAny || typeof value !== 'string' || !NUMBER.test(value)) return value;
  return /^-?\d+$/.test(value) ? BigInt(value) : Number(value);
}

/** The notation of lines (docs/format.md). */
function exactNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value === 'number' && source !== undefined)
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  if (typeof value !== 'object' || value === null) return value;
  const { $blob, $text, $real } = value as Record<string, string>;
  if ($blob !== undefined) return Buffer.from($blob, 'base64');
  if ($text !== undefined) return new InvalidText(Buffer.from($text, 'base64'));
  return $real === undefined ? value : Number($real);
}
