import type { Format } from '../../../format/format-version.ts';
import type { Footer } from '../../../format/segment/segment.ts';
import type { FileDetails } from '../../../lifecycle/report/archive-file.ts';
import { formatInstant } from '../../../model/instant.ts';
import type { Compression } from '../../../model/policy/compression.ts';
import type { Span } from '../../../model/policy/span.ts';
import type { Column } from '../../../model/shape.ts';
import { archiveFileJson, type FileAnswer } from './files-answer.ts';

/** One archive file: the JSON of `firn retention files NAME`. */
export interface FileDetailsAnswer {
  readonly command: 'retention files';
  /** UTC ISO 8601. */
  readonly as_of: string;
  readonly segment: string;
  /** What the ledger says of it; null when the ledger does not list it. */
  readonly file:
    | (FileAnswer & { readonly replaced_by: string | null; readonly purged_at: string | null })
    | null;
  /** Where it was found; null when it is not there, or cannot be read. */
  readonly stored: { readonly path: string; readonly tier: 'warm' | 'cold'; readonly bytes: number } | null;
  readonly footer: FooterAnswer | null;
  /** What is wrong with it; null when nothing is known. */
  readonly problem: string | null;
  readonly acknowledged: boolean;
}

/** What an archive file says of itself. */
export interface FooterAnswer {
  readonly format: Format;
  readonly table: string;
  readonly day: string;
  readonly span: Span;
  readonly part: number;
  readonly rows: number;
  readonly raw_bytes: number;
  /** Times of its oldest and newest row, UTC ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  readonly archived_at: string;
  readonly compression: Compression;
  /** The segment whose remaining rows it has; null when it replaces none. */
  readonly replaces: string | null;
  /** The seal: SHA-256 of every byte before the tail, in hexadecimal. */
  readonly digest: string;
  readonly time_column: string;
  readonly time_format: string | null;
  readonly columns: readonly Column[];
  readonly primary_key: readonly string[];
  /** Columns with a Bloom filter per block. */
  readonly lookup_keys: readonly string[];
  /** CREATE statements of the table, its indexes and triggers. */
  readonly ddl: readonly string[];
  readonly blocks: readonly FooterBlock[];
}

/** One block of an archive file. */
export interface FooterBlock {
  readonly offset: number;
  readonly bytes: number;
  readonly raw_bytes: number;
  readonly rows: number;
  readonly oldest: string;
  readonly newest: string;
  /** SHA-256 of its text, in hexadecimal. */
  readonly digest: string;
}

/** The file in the shape of Firn's JSON. @internal */
export function fileDetailsJson({ asOf, segment, file, found, problem }: FileDetails): FileDetailsAnswer {
  return {
    command: 'retention files',
    as_of: asOf,
    segment,
    file:
      file === null
        ? null
        : { ...archiveFileJson(file), replaced_by: file.replacedBy, purged_at: file.purgedAt },
    stored: found === null ? null : { path: found.path, tier: found.tier, bytes: found.bytes },
    footer: found === null ? null : footerJson(found.footer),
    problem: problem?.message ?? null,
    acknowledged: problem?.acknowledged ?? false,
  };
}

/** A footer in the shape of Firn's JSON. @internal */
export function footerJson(footer: Footer): FooterAnswer {
  const { format, table, day, span, part, columns, ddl, compression, replaces, rows, blocks } = footer;
  return {
    ...{ format, table, day, span, part, rows },
    raw_bytes: footer.rawBytes,
    oldest: formatInstant(footer.minTime),
    newest: formatInstant(footer.maxTime),
    archived_at: footer.archivedAt,
    ...{ compression, replaces },
    digest: footer.digest,
    time_column: footer.timeColumn,
    time_format: footer.timeFormat ?? null,
    columns: columns.map(({ name, type, key }) => ({ name, type, key })),
    primary_key: footer.primaryKey,
    lookup_keys: footer.lookupKeys,
    ddl,
    blocks: blocks.map(({ offset, bytes, rawBytes, rows: own, minTime, maxTime, digest }) => ({
      ...{ offset, bytes, raw_bytes: rawBytes, rows: own },
      oldest: formatInstant(minTime),
      newest: formatInstant(maxTime),
      digest,
    })),
  };
}
