import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import * as v from 'valibot';
import type { LakeSegment } from '../../format/lake/lake-file.ts';
import type { ByteSource } from '../../format/segment/segment.ts';
import { sizes } from '../../model/sizes.ts';

/** What a lake file says of itself, in the value of the key `firn` of its Parquet metadata. */
export interface LakeMetadata {
  readonly rules: number;
  readonly table: string;
  readonly period: string;
  readonly segments: readonly LakeSegment[];
  readonly exactRows: number;
  /** Of the Parquet columns that hold texts and numbers alike. */
  readonly anyColumns: readonly string[];
}

/** The key of the metadata. */
export const METADATA_KEY = 'firn';

const schema = v.object({
  rules: v.number(),
  table: v.string(),
  period: v.string(),
  segments: v.array(v.object({ name: v.string(), seal: v.string() })),
  exact_rows: v.number(),
  any_columns: v.array(v.string()),
});

export function metadataText({ exactRows, anyColumns, ...rest }: LakeMetadata): string {
  return JSON.stringify({ ...rest, exact_rows: exactRows, any_columns: anyColumns });
}

/** A Parquet file as its record needs it. */
export interface ParquetPrint {
  readonly bytes: number;
  readonly sha256: string;
  readonly footerSha256: string;
}

export interface ParquetFooter {
  readonly sha256: string;
  /** Null for a file that was not written as a file of the lake. */
  readonly metadata: LakeMetadata | null;
  readonly rows: number;
}

/** Bytes behind the metadata: its length, and `PAR1`. */
const TAIL = 8;
const MAGIC = 'PAR1';

/** Digests of a local file. */
export async function printOf(path: string): Promise<ParquetPrint> {
  const file = await open(path, 'r');
  try {
    const { size: bytes } = await file.stat();
    const whole = createHash('sha256');
    const buffer = Buffer.alloc(Math.min(sizes.readBackBytes, 1 << 20));
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      whole.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    const source = {
      bytes,
      read: async (offset: number, length: number) =>
        (await file.read(Buffer.alloc(length), 0, length, offset)).buffer,
    };
    const footer = await footerBytes(source);
    if (footer === null) throw new Error(`${path} is not a Parquet file`);
    return { bytes, sha256: whole.digest('hex'), footerSha256: hash('sha256', footer, 'hex') };
  } finally {
    await file.close();
  }
}

/** The footer of a Parquet file; null for any other file. */
export async function parquetFooter(source: ByteSource): Promise<ParquetFooter | null> {
  const footer = await footerBytes(source);
  if (footer === null) return null;
  const { parquetMetadata } = await import('./parquet-library.ts');
  try {
    const { key_value_metadata: pairs = [], num_rows: rows } = parquetMetadata(
      new Uint8Array(footer).buffer as ArrayBuffer,
    );
    const text = pairs.find(({ key }) => key === METADATA_KEY)?.value;
    const sha256 = hash('sha256', footer, 'hex');
    return { sha256, rows: Number(rows), metadata: text === undefined ? null : parsed(text) };
  } catch {
    return null;
  }
}

function parsed(text: string): LakeMetadata | null {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (!success) return null;
  const { exact_rows: exactRows, any_columns: anyColumns, ...rest } = output;
  return { ...rest, exactRows, anyColumns };
}

async function footerBytes(source: ByteSource): Promise<Uint8Array | null> {
  if (source.bytes < TAIL + MAGIC.length) return null;
  const tail = Buffer.from(await source.read(source.bytes - TAIL, TAIL));
  if (tail.toString('latin1', 4) !== MAGIC) return null;
  const length = tail.readUInt32LE(0) + TAIL;
  return length > source.bytes ? null : await source.read(source.bytes - length, length);
}
