import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { BundleMember } from '../../format/bundle/bundle.ts';
import { type BundleReader, openBundle } from '../../format/bundle/bundle-reader.ts';
import { type BundleInput, writeBundle } from '../../format/bundle/bundle-writer.ts';
import { proveBundle } from '../../format/bundle/prove-bundle.ts';
import { bundlePath, warmPath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError, ifThere } from '../../model/errors.ts';

/** How a month's bundle is to differ from the present one. */
export interface BundleChange {
  /** Warm segments that join it. */
  readonly add: readonly Receipt[];
  /** Members that are left out, and the seal and size that are accounted for elsewhere: a member with others stays. */
  readonly drop: ReadonlyMap<string, Accounted>;
}

export type Accounted = Pick<Receipt, 'digest' | 'bytes'>;

/** The next bundle of a month, complete, durable and proven, that nobody sees yet. */
export interface NextBundle {
  /** Members that it has no longer. */
  readonly dropped: readonly string[];
  /** Puts it in the place of the present one, atomically and durably; a bundle that became empty is removed. */
  swap(): Promise<void>;
  abandon(): Promise<void>;
}

/**
 * Writes a month's bundle anew beside the present one: its members byte for byte, without the dropped and with the added
 * ones. Reads it back: every byte is as it was sealed, every segment is the one its receipt describes, and no member got lost on the way.
 * Throws `integrity` when that is not so, and leaves everything as it was.
 */
export async function prepareBundle(
  archive: ArchiveStore,
  month: string,
  { add, drop }: BundleChange,
): Promise<NextBundle> {
  const path = bundlePath(month);
  await using opened = new AsyncDisposableStack();
  const file = await ifThere(archive.open(path));
  const present = file === null ? null : await openBundle(opened.use(file), path);
  const seen = present === null ? null : printOf(file!, present);
  const members = present?.members ?? [];
  const isDropped = (member: BundleMember): boolean => isAccounted(member, drop.get(member.name));
  const dropped = members.filter(isDropped).map(({ name }) => name);
  const stay = members.filter((member) => !isDropped(member));
  // A member that is not the segment its receipt describes is carried along as it is: reconciling deals with it, and it blocks no other.
  const expected = new Map(stay.map(({ name, digest }) => [name, digest]));
  for (const { segment, digest } of add) {
    if (expected.has(segment)) throw wrong(path, `it has ${segment} already`);
    expected.set(segment, digest);
  }
  if (add.length === 0 && dropped.length === 0) {
    return { dropped, swap: async () => undefined, abandon: async () => undefined };
  }
  if (expected.size === 0) {
    const swap = async (): Promise<void> => {
      await requireUnchanged(archive, path, seen);
      await archive.remove(path);
    };
    return { dropped, swap, abandon: async () => undefined };
  }
  const joining = new Set(add.map(({ segment }) => segment));
  const pending = await archive.create(path);
  try {
    await writeBundle(pending, month, inputs(archive, present, [...expected.keys()].sort(), joining));
    await pending.sync();
    compare(path, expected, await proveBundle(pending, path));
    return {
      dropped,
      swap: async () => {
        // A new bundle takes no name that is taken.
        if (seen === null) return await pending.publish();
        await requireUnchanged(archive, path, seen);
        await pending.replace();
      },
      abandon: () => pending.abandon(),
    };
  } catch (error) {
    await pending.abandon();
    throw error;
  }
}

/** Size and table of contents: whether two looks saw one bundle. */
function printOf({ bytes }: { readonly bytes: number }, { members }: BundleReader): string {
  return JSON.stringify([bytes, members.map(({ name, bytes: size, digest }) => [name, size, digest])]);
}

/** Whatever the locks say: no bundle is replaced that is not the one its successor was made from. */
async function requireUnchanged(archive: ArchiveStore, path: string, seen: string | null): Promise<void> {
  const file = await ifThere(archive.open(path));
  if (file === null && seen === null) return;
  if (file !== null) {
    await using present = file;
    if (printOf(present, await openBundle(present, path)) === seen) return;
  }
  throw new FirnError('unavailable', 'another process changed the bundle while Firn wrote the new one', {
    operation: 'write the next bundle',
    path,
    hint: 'Nothing was replaced. Find the other process that changes this archive, then run again.',
  });
}

function isAccounted({ digest, bytes }: BundleMember, accounted: Accounted | undefined): boolean {
  return accounted !== undefined && digest === accounted.digest && bytes === accounted.bytes;
}

async function* inputs(
  archive: ArchiveStore,
  present: BundleReader | null,
  names: readonly string[],
  joining: ReadonlySet<string>,
): AsyncGenerator<BundleInput> {
  for (const name of names) {
    if (!joining.has(name)) {
      yield { name, source: present!.open(name)! };
      continue;
    }
    await using source = await archive.open(warmPath(name));
    yield { name, source };
  }
}

function compare(
  path: string,
  expected: ReadonlyMap<string, string>,
  proven: { readonly members: readonly { readonly name: string; readonly digest: string }[] },
): void {
  for (const { name, digest } of proven.members) {
    if (digest !== expected.get(name)) throw wrong(path, `${name} does not match its ledger entry`);
  }
  if (proven.members.length !== expected.size) {
    throw wrong(path, `it has ${proven.members.length} members instead of ${expected.size}`);
  }
}

function wrong(path: string, message: string): FirnError {
  return new FirnError('integrity', message, {
    operation: 'write the next bundle',
    path,
    hint: 'The existing bundle was not changed. Run firn verify --deep.',
  });
}
