import type { Day, Instant } from '../../model/instant.ts';
import type { Compression } from '../../model/policy/compression.ts';
import type { Column } from '../../model/shape.ts';
import type { Additions } from '../additions.ts';
import type { Format } from '../format-version.ts';
import type { KeyHashes } from '../line/key-hashes.ts';

/** What is known of a segment before its first row. */
export interface SegmentHead extends Additions {
  readonly table: string;
  /** The first day of its span. */
  readonly day: Day;
  readonly part: number;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** The column that the day and the times come from. */
  readonly timeColumn: string;
  readonly ddl: readonly string[];
  /** UTC ISO 8601; the `_archived_at` of each line. */
  readonly archivedAt: string;
  readonly compression: Compression;
  /** The segment (`<day>/<file>`) whose surviving rows this one holds, when it was rewritten. */
  readonly replaces: string | null;
}

/** Whole lines that are compressed and read as one, and what a reader wants to know before it inflates them. */
export interface Block {
  /** Whole lines of UTF-8 JSON, each ended by a line feed: exactly the bytes a segment holds. */
  readonly lines: Uint8Array;
  readonly rows: number;
  readonly minTime: Instant;
  readonly maxTime: Instant;
  /** Values of the primary key and lookup columns met in this block, as text (`CAST(v AS TEXT)`) or its hashes, NULLs left out. */
  readonly keys: ReadonlyMap<string, readonly string[] | KeyHashes>;
  /** Missing: formats 1 and 2 have all forms in which its times are written. */
  readonly laterForms?: boolean;
}

/** Where one block is and what is in it. */
export interface BlockEntry {
  /** Offset of its gzip member or zstd frame (or of its text, uncompressed) in the file, and its length there. */
  readonly offset: number;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly rows: number;
  readonly minTime: Instant;
  readonly maxTime: Instant;
  /** Hexadecimal SHA-256 of its text. */
  readonly digest: string;
}

/** Everything a segment says of itself. */
export interface Footer extends SegmentHead {
  readonly format: Format;
  readonly rows: number;
  readonly rawBytes: number;
  readonly minTime: Instant;
  readonly maxTime: Instant;
  readonly blocks: readonly BlockEntry[];
  /** Columns that have a Bloom filter per block. */
  readonly lookupKeys: readonly string[];
  /** The seal: hexadecimal SHA-256 of every byte of the file before its tail. */
  readonly digest: string;
}

/** Where a writer puts bytes, which may change once `write` has resolved. An archive store's `PendingFile` is one. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** What a reader reads from. An archive store's `OpenFile` is one. */
export interface ByteSource {
  readonly bytes: number;
  /**
   * Bytes that are the caller's own: their memory may be given back (`release`), unless they are a part of a larger buffer.
   * @param use what the bytes are, for a source that is far away; without it, rows.
   */
  read(offset: number, length: number, use?: ReadUse): Promise<Uint8Array>;
}

/** `index`: a tail, a footer, a table of contents or filters, which are small, stand near each other, and are read again by other commands. */
export type ReadUse = 'index' | 'rows';

/** Where the Bloom filters of one column are: one filter per block, one behind the other. */
export interface FilterEntry {
  readonly column: string;
  /** Place of the members or the frame (or of the base64 text, uncompressed) in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Length of each block's filter; 0 where the block has no value in this column. */
  readonly lengths: readonly number[];
  /** CRC-32 of the filters. */
  readonly crc32: number;
}
