import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import type { SqlValue } from '../../../src/format/line/line.ts';
import { encodeLine } from '../../../src/format/line/line-encode.ts';
import type { Footer, SegmentHead } from '../../../src/format/segment/segment.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { segmentName, warmPath } from '../../../src/format/segment-names.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { sampleHead } from './sample-segment.ts';

const ROWS_OF_BLOCK = 500;

/** A segment in warm with these rows: columns as `name type`, values in their order. The times of its rows are made up. */
export async function writeSegment(
  archive: ArchiveStore,
  day: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  head: Partial<SegmentHead> = {},
): Promise<{ readonly segment: string; readonly footer: Footer }> {
  const named = columns.map((text, index) => {
    const at = text.lastIndexOf('/');
    return { name: text.slice(0, at), type: text.slice(at + 1), key: index === 0 ? 1 : 0 };
  });
  const table = head.table ?? 't';
  const segment = segmentName(table, day, head.part ?? 1, 'gzip');
  const pending = await archive.create(warmPath(segment));
  const whole = {
    ...sampleHead,
    table,
    day,
    columns: named,
    primaryKey: [named[0]!.name],
    timeColumn: named.at(-1)!.name,
    ...head,
  };
  const writer = createSegmentWriter(pending, whole, { lookupKeys: [] });
  const at = asInstant(Date.parse(`${day}T12:00:00Z`) * 1000);
  const keys = [...named.map(({ name }) => name), '_archived_at'];
  for (let first = 0; first < rows.length; first += ROWS_OF_BLOCK) {
    const some = rows.slice(first, first + ROWS_OF_BLOCK);
    const lines = some.map((values) => {
      const pairs = [...values, whole.archivedAt].map((value, i) => [keys[i]!, value] as const);
      return encodeLine(keys, Object.assign(Object.create(null), Object.fromEntries(pairs)));
    });
    const block = { rows: some.length, minTime: at, maxTime: at, keys: new Map() };
    await writer.add({ lines: Buffer.concat(lines), ...block });
  }
  const footer = await writer.finish();
  await pending.sync();
  await pending.publish();
  return { segment, footer };
}
