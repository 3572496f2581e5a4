import { rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { Footer } from '../../format/segment/segment.ts';
import type { ErasureOrder } from '../../model/erasure.ts';
import { FirnError } from '../../model/errors.ts';
import { sizes } from '../../model/sizes.ts';
import { LAKE_RULES } from '../lake-of.ts';
import { DuckConverter } from './duck-converter.ts';
import { type LakeSchema, schemaOf } from './lake-schema.ts';
import { type LakeMetadata, type ParquetPrint, parquetFooter, printOf } from './parquet-file.ts';
import { eachProvenBlock, footerOf, type ToConvert } from './proven-lines.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { ScriptConverter } from './script-converter.ts';
import { tameTest } from './tame-lines.ts';

export interface ConverterPlaces {
  readonly archive: ArchiveStore;
  /** Rows that were to be erased are in no lake file. */
  readonly orders: readonly ErasureOrder[];
  /** The location of the database. */
  readonly owner: string;
}

/** A Parquet file on this machine, which the caller removes. */
export interface Converted extends ParquetPrint {
  readonly localPath: string;
  readonly schema: LakeSchema;
  readonly rows: number;
  readonly exactRows: number;
}

/** What a file is to hold: the segments in the order of their rows. */
export interface LakeContent {
  readonly table: string;
  readonly period: string;
  readonly segments: readonly ToConvert[];
}

interface Part {
  readonly path: string;
  readonly rows: number;
  readonly exactRows: number;
  /** Bytes of its lines. */
  readonly bytes: number;
}

/**
 * Makes Parquet files of segments: with DuckDB, where every cell of a segment reads into its column as it is, else line by line. Every byte of a
 * segment is compared with its seal, and the rows of each file are counted.
 */
export class LakeConverter implements AsyncDisposable {
  readonly #places: ConverterPlaces;
  readonly #folder: string;
  #duck: Promise<DuckConverter | null> | null = null;
  #files = 0;

  constructor(places: ConverterPlaces) {
    this.#places = places;
    this.#folder = makeScratchFolder(places.owner);
  }

  async convert(content: LakeContent): Promise<Converted> {
    const { table, period, segments } = content;
    const footers: Footer[] = [];
    for (const segment of segments) footers.push(await footerOf(this.#places.archive, segment));
    const schema = schemaOf(footers);
    const about: Omit<LakeMetadata, 'exactRows'> = {
      ...{ rules: LAKE_RULES, table, period },
      segments: segments.map(({ segment, digest }) => ({ name: segment, seal: digest })),
      anyColumns: schema.columns.filter(({ any }) => any === true).map(({ name }) => name),
    };
    const { path, rows, exactRows } = await this.#file(segments, footers, schema, about);
    await requireRows(path, footers, rows);
    return { localPath: path, schema, rows, exactRows, ...(await printOf(path)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#duck)?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #file(
    segments: readonly ToConvert[],
    footers: readonly Footer[],
    schema: LakeSchema,
    about: Omit<LakeMetadata, 'exactRows'>,
  ): Promise<Part> {
    if (segments.length === 1 || (await this.#duckFor(footers)) === null)
      return await this.#part(segments, footers, schema, about);
    const parts: Part[] = [];
    try {
      for (const [at, segment] of segments.entries())
        parts.push(await this.#part([segment], [footers[at]!], schema, about));
      return await this.#merge(parts, schema, about);
    } finally {
      for (const { path } of parts) rmSync(path, { force: true });
    }
  }

  async #merge(
    parts: readonly Part[],
    schema: LakeSchema,
    about: Omit<LakeMetadata, 'exactRows'>,
  ): Promise<Part> {
    const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
    const [rows, exactRows, bytes] = [
      sum((part) => part.rows),
      sum((part) => part.exactRows),
      sum((part) => part.bytes),
    ];
    const path = this.#name('parquet');
    const duck = (await this.#duckFor())!;
    const paths = parts.map((part) => part.path);
    await duck.merge(paths, schema, { rows, bytes }, { ...about, exactRows }, path);
    return { path, rows, exactRows, bytes };
  }

  /** One file of segments: with DuckDB, of one segment, or else line by line. */
  async #part(
    segments: readonly ToConvert[],
    footers: readonly Footer[],
    schema: LakeSchema,
    about: Omit<LakeMetadata, 'exactRows'>,
  ): Promise<Part> {
    const [segment, footer] = [segments[0]!, footers[0]!];
    const bytes = footers.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
    if (segments.length === 1) {
      const path = await this.#withDuck(segment, footer, schema, about);
      if (path !== null) return { path, rows: footer.rows, exactRows: 0, bytes };
    }
    const path = this.#name('parquet');
    const script = await ScriptConverter.open(path, schema);
    try {
      for (const one of segments) await this.#eachBlock(one, (block) => script.add(block));
      await script.finish(about);
      return { path, rows: script.rows, exactRows: script.exactRows, bytes };
    } finally {
      await script.close();
    }
  }

  /** Null when a cell does not read into its column as it is, or when DuckDB is missing or refuses. */
  async #withDuck(
    segment: ToConvert,
    footer: Footer,
    schema: LakeSchema,
    about: Omit<LakeMetadata, 'exactRows'>,
  ): Promise<string | null> {
    const isTame = tameTest(footer, schema);
    const duck = isTame === null ? null : await this.#duckFor([footer]);
    if (isTame === null || duck === null) return null;
    const lines = this.#name('jsonl');
    const target = this.#name('parquet');
    try {
      if (!(await this.#writeTame(segment, isTame, lines))) return null;
      const { rows, rawBytes: bytes, blocks } = footer;
      const longest = Math.max(...blocks.map((block) => block.rawBytes));
      const own = schemaOf([footer]).columns;
      const tame = { path: lines, rows, bytes, longest };
      await duck.convert(tame, own, schema, { ...about, exactRows: 0 }, target);
      return target;
    } catch (error) {
      if (error instanceof FirnError) throw error;
      // A value or a row that DuckDB does not take, or not in its memory.
      rmSync(target, { force: true });
      return null;
    } finally {
      rmSync(lines, { force: true });
    }
  }

  /** False as soon as a block is not tame. */
  async #writeTame(segment: ToConvert, isTame: (block: Buffer) => boolean, path: string): Promise<boolean> {
    const file = await open(path, 'wx', 0o600);
    try {
      await this.#eachBlock(segment, async (block) => {
        if (!isTame(block)) throw new Wild();
        await file.appendFile(block);
      });
      return true;
    } catch (error) {
      if (error instanceof Wild) return false;
      throw error;
    } finally {
      await file.close();
    }
  }

  #eachBlock(segment: ToConvert, take: (block: Buffer) => Promise<void>): Promise<void> {
    return eachProvenBlock(this.#places.archive, segment, this.#places.orders, take);
  }

  #name(kind: string): string {
    return join(this.#folder, `${++this.#files}.${kind}`);
  }

  /** Null when DuckDB is not installed, and for files so small that they are written sooner without it. */
  async #duckFor(footers: readonly Footer[] | null = null): Promise<DuckConverter | null> {
    const bytes = footers?.reduce((sum, { rawBytes }) => sum + rawBytes, 0) ?? Infinity;
    if (bytes < sizes.lakeDuckBytes) return null;
    this.#duck ??= DuckConverter.open(this.#folder).catch((error: unknown) => {
      if (error instanceof FirnError && error.code === 'refused') return null;
      throw error;
    });
    return await this.#duck;
  }
}

class Wild extends Error {}

/** What the file itself says, whoever wrote it. */
async function requireRows(path: string, footers: readonly Footer[], converted: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const source = {
      bytes: statSync(path).size,
      read: async (offset: number, length: number) =>
        (await file.read(Buffer.alloc(length), 0, length, offset)).buffer,
    };
    const found = (await parquetFooter(source))?.rows;
    const expected = footers.reduce((sum, { rows }) => sum + rows, 0);
    if (found === expected && converted === expected) return;
    throw new FirnError('integrity', `the Parquet file has ${found} rows instead of ${expected}`, {
      operation: 'copy a segment to the lake',
      path,
    });
  } finally {
    await file.close();
  }
}
