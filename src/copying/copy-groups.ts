import type { ArchiveStore } from '../archive/archive-store.ts';
import type { HotReader, UnitRange } from '../hot/hot-store.ts';
import { TIME } from '../model/shape.ts';
import { sizes } from '../model/sizes.ts';
import type { GroupCopy, GroupTask, ProvenGroup } from './copier.ts';
import { proveUnits } from './prove-units.ts';
import { provenCopy, sealingReceipt } from './proven-copy.ts';
import { type SealedSegment, writeBlocks } from './write-segments.ts';

/** Copies the units of each day: of some of them, the rows of all tables, before the next. */
export async function* copyGroups(
  reader: HotReader,
  archive: ArchiveStore,
  task: GroupTask,
): AsyncGenerator<ProvenGroup> {
  const tables = task.members.map(({ shape }) => shape.table);
  for (const day of task.days) {
    const ranges = await reader.unitRanges(tables, day, sizes.unitRows);
    for (const some of inGroups(ranges)) {
      const copies: GroupCopy[] = [];
      try {
        for (const { shape, rule } of task.members) {
          const { archivedAt } = task;
          const units = { first: some[0]!.first, last: some.at(-1)!.last };
          const blocks = reader.blocks(shape, rule, day, archivedAt, sizes.blockBytes, units);
          const nextPart = (): Promise<number> => task.nextPart(shape.table, day);
          for await (const sealed of writeBlocks(archive, { shape, rule, archivedAt, nextPart }, day, blocks))
            copies.push(await prove(sealed, some));
        }
      } catch (error) {
        for (const copy of copies) await copy.abandon();
        throw error;
      }
      if (copies.length > 0) yield { copies };
    }
  }
}

function* inGroups(ranges: readonly UnitRange[]): Generator<readonly UnitRange[]> {
  let [group, rows] = [[] as UnitRange[], 0];
  for (const range of ranges) {
    group.push(range);
    rows += range.rows;
    if (rows < sizes.groupRows) continue;
    yield group;
    [group, rows] = [[], 0];
  }
  if (group.length > 0) yield group;
}

async function prove(
  { pending, segment, footer, locators, units }: SealedSegment,
  ranges: readonly UnitRange[],
): Promise<GroupCopy> {
  try {
    const unitOf = joined(units);
    const rangeOf = new Uint32Array(unitOf.length);
    let range = 0;
    for (const [row, unit] of unitOf.entries()) {
      while (unit > ranges[range]!.last) range++;
      rangeOf[row] = range;
    }
    const proven = await proveUnits(pending, segment, locators, rangeOf, footer.timeColumn === TIME);
    return { ...provenCopy(pending, sealingReceipt(segment, footer, pending.bytes), proven), unitOf };
  } catch (error) {
    await pending.abandon();
    throw error;
  }
}

function joined(parts: readonly BigInt64Array[]): BigInt64Array<ArrayBuffer> {
  const whole = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
