import { type BundleReader, openBundle } from '../format/bundle/bundle-reader.ts';
import type { ByteSource, Footer } from '../format/segment/segment.ts';
import { openSegment } from '../format/segment/segment-reader.ts';
import { parseSegmentName, type SegmentName } from '../format/segment-names.ts';
import { type Dialect, dialectOf } from '../model/database/dialect.ts';
import { type FirnError, ifThere, isNotThere, isUnreadableFile } from '../model/errors.ts';
import { openAhead } from '../model/open-ahead.ts';
import { sizes } from '../model/sizes.ts';
import type { ArchiveStore, OpenedAs, OpenFile, StoredFile } from './archive-store.ts';
import { AwayError, awayTiers } from './away.ts';
import { type BundleFile, bundleFiles, warmFiles } from './listed-files.ts';

/** A segment where the archive has it. One that is in both tiers is met twice. */
export interface FoundSegment {
  readonly segment: string;
  readonly name: SegmentName;
  readonly tier: 'warm' | 'cold';
  /** The file that holds it: its own, or its month's bundle. */
  readonly path: string;
  /** That file, as the list has it. */
  readonly file: StoredFile;
  /** Sealed size. */
  readonly bytes: number;
  /** The seal that the bundle's table of contents names; null in warm. */
  readonly digest: string | null;
}

/** A file, or a segment in it, that cannot be read, or a location that is away. */
export interface UnreadableFile {
  readonly path: string;
  readonly tier: 'warm' | 'cold';
  /** Null for a whole bundle, and for a whole location. */
  readonly segment: string | null;
  readonly error: FirnError;
}

export interface FoundFooter extends FoundSegment {
  readonly footer: Footer;
}

/**
 * The segments of an archive by their names: no segment is opened, only the tables of contents of bundles. Files with
 * other names are left out, and so is what another process removes meanwhile.
 * @param isWanted bundles of other months are not opened.
 * @param as how bundles are opened.
 */
export async function* segmentsByName(
  archive: ArchiveStore,
  isWanted: (month: string) => boolean = () => true,
  as: OpenedAs = 'now',
): AsyncGenerator<FoundSegment | UnreadableFile> {
  for await (const found of walk(archive, { opensWarm: false, isWanted, as })) {
    if ('error' in found) yield found;
    else yield found.segment;
  }
}

/** The same segments with their footers. */
export async function* segmentsByFooter(archive: ArchiveStore): AsyncGenerator<FoundFooter | UnreadableFile> {
  for await (const found of walk(archive, { opensWarm: true, isWanted: () => true, as: 'listed' })) {
    if ('error' in found) {
      yield found;
      continue;
    }
    const { segment, source } = found;
    yield await orUnreadable(segment, async () => {
      const { footer } = await openSegment(source!, segment.segment);
      return { ...segment, footer };
    });
  }
}

/** The dialect of the database whose rows an archive has, as the first segment that can be read says: an archive is that of one database. */
export async function archiveDialect(archive: ArchiveStore): Promise<Dialect> {
  for await (const found of segmentsByFooter(archive))
    if (!('error' in found)) return dialectOf(found.footer);
  return dialectOf({});
}

/** A bundle that was listed, and its table of contents or why it cannot be read. */
export type LookedInto = { readonly file: BundleFile } & (
  | { readonly bundle: BundleReader }
  | { readonly error: FirnError }
);

/** Opens one bundle after the other; each is closed when the next is asked for. One that is gone meanwhile is left out. */
export async function* openBundles(
  archive: ArchiveStore,
  files: readonly BundleFile[],
  as: OpenedAs = 'now',
): AsyncGenerator<LookedInto> {
  const look = async (
    file: BundleFile,
  ): Promise<(LookedInto & { readonly opened: OpenFile | null }) | null> => {
    await using stack = new AsyncDisposableStack();
    try {
      const opened = stack.use(await archive.open(file.path, as));
      const bundle = await openBundle(opened, file.path);
      stack.move();
      return { file, opened, bundle };
    } catch (error) {
      if (isNotThere(error)) return null;
      if (!isUnreadableFile(error)) throw error;
      return { file, opened: null, error };
    }
  };
  for await (const looked of openAhead(files, aheadIn(archive), look, (found) => close(found?.opened))) {
    if (looked !== null) yield looked;
  }
}

/** How many files are opened at once: where each opening waits for a server, some ahead. */
function aheadIn({ capabilities }: ArchiveStore): number {
  return capabilities.isRemote ? sizes.remoteSegmentsAhead : 1;
}

async function close(file: OpenFile | null | undefined): Promise<void> {
  await file?.[Symbol.asyncDispose]();
}

/** Warm first: what moves to cold meanwhile is met twice, and not missed. */
async function* walk(
  archive: ArchiveStore,
  how: {
    readonly opensWarm: boolean;
    readonly isWanted: (month: string) => boolean;
    readonly as: OpenedAs;
  },
): AsyncGenerator<{ readonly segment: FoundSegment; readonly source: ByteSource | null } | UnreadableFile> {
  const listing = warmFiles(archive);
  listing.catch(() => undefined);
  const away = await awayTiers(archive);
  for (const one of away.values()) {
    const error = new AwayError(one, 'list the archive');
    yield { path: one.location, tier: one.tier, segment: null, error };
  }
  const inWarm = away.has('warm') ? [] : await listing;
  const found = inWarm.map((file): FoundSegment => {
    const { path, bytes, segment, name } = file;
    return { segment, name, tier: 'warm', path, file, bytes, digest: null };
  });
  if (!how.opensWarm) for (const segment of found) yield { segment, source: null };
  else {
    const open = async (segment: FoundSegment) => ({
      segment,
      opened: await orUnreadable(segment, async () => ({ file: await ifThere(archive.open(segment.path)) })),
    });
    const closing = ({ opened }: Awaited<ReturnType<typeof open>>): Promise<void> =>
      close('error' in opened ? null : opened.file);
    for await (const { segment, opened } of openAhead(found, aheadIn(archive), open, closing)) {
      if ('error' in opened) yield opened;
      else if (opened.file !== null) yield { segment, source: opened.file };
    }
  }
  const inCold = away.has('cold') ? [] : await bundleFiles(archive);
  const bundles = inCold.filter(({ month }) => how.isWanted(month));
  for await (const looked of openBundles(archive, bundles, how.as)) {
    const { path } = looked.file;
    if ('error' in looked) {
      yield { path, tier: 'cold', segment: null, error: looked.error };
      continue;
    }
    const { bundle } = looked;
    for (const { name, bytes, digest } of bundle.members) {
      const parsed = parseSegmentName(name)!;
      const { file } = looked;
      const segment = { segment: name, name: parsed, tier: 'cold', path, file, bytes, digest } as const;
      yield { segment, source: bundle.open(name) };
    }
  }
}

async function orUnreadable<T>(
  { path, tier, segment }: FoundSegment,
  look: () => Promise<T>,
): Promise<T | UnreadableFile> {
  try {
    return await look();
  } catch (error) {
    if (!isUnreadableFile(error)) throw error;
    return { path, tier, segment, error };
  }
}
