import assert from 'node:assert/strict';
import { decodeLine, type SqlValue } from '../../src/format/line/line.ts';
import type { HotLookup, HotQuery } from '../../src/hot/hot-lookup.ts';
import type { TableShape } from '../../src/model/shape.ts';
import type { HotPlace } from './hot-place.ts';

/** A place whose tables are searched through one lookup. */
export class SearchedPlace {
  readonly place: HotPlace;
  readonly lookup: HotLookup;

  constructor(place: HotPlace, lookup: HotLookup) {
    this.place = place;
    this.lookup = lookup;
  }

  async shape(table = 'events'): Promise<TableShape | null> {
    await using reader = await this.place.backend.reader();
    return await reader.shape(table);
  }

  async writing(
    change: (store: Awaited<ReturnType<HotPlace['backend']['store']>>) => Promise<void>,
  ): Promise<void> {
    await using store = await this.place.backend.store({ allowsTriggers: () => false });
    await change(store);
  }

  async rows(
    table: string,
    shape: TableShape,
    wanted: Partial<HotQuery>,
  ): Promise<Record<string, SqlValue>[]> {
    await using finding = await this.lookup.find(table, shape, query(wanted));
    const found: Record<string, SqlValue>[] = [];
    for await (const { line } of finding.rows()) found.push({ ...decodeLine(line) });
    assert.equal(finding.count, found.length);
    return found;
  }

  /** The ids of what is found in `events`. */
  async find(wanted: Partial<HotQuery>): Promise<string[]> {
    const rows = await this.rows('events', (await this.shape())!, wanted);
    return rows.map(({ id }) => id as string);
  }
}

/** Everything of `events`, oldest first, but for what is said otherwise. */
export function query(wanted: Partial<HotQuery>): HotQuery {
  return {
    ...{ where: [], among: null, text: null, timeColumn: 'ts', since: null, until: null },
    ...{ erased: [], order: 'oldest', limit: null },
    ...wanted,
  };
}

export async function idsAndNotes(rows: AsyncIterable<{ readonly line: Uint8Array }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { line } of rows) {
    const { id, note } = decodeLine(line);
    found.push(`${id} ${note}`);
  }
  return found;
}
