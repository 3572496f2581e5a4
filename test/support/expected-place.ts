import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import type { ByteSource } from '../../src/format/segment/segment.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { parseBundlePath, parseWarmPath } from '../../src/format/segment-names.ts';
import type { Policy } from '../../src/model/policy/policy.ts';

const DAY = 86_400_000;

export type Place = 'hot' | 'warm' | 'cold' | 'gone';

/** A row by its id, and its time in milliseconds. */
export interface TimedRow {
  readonly id: string;
  readonly table: string;
  readonly time: number;
}

/** The instants of the runs so far, in milliseconds, oldest first. */
export interface Runs {
  /** Those that archive the row's table. */
  readonly archive: readonly number[];
  readonly cleanup: readonly number[];
}

/** Where a row must be after these runs: worked out from its policy and the runs alone. */
export function expectedPlace({ hotMs, warmMs, coldMs }: Policy, runs: Runs, time: number): Place {
  const left = runs.archive.find((run) => run >= time + hotMs);
  if (left === undefined) return 'hot';
  const end = Math.floor(time / DAY) * DAY + DAY;
  const cleanupFrom = (instant: number): boolean => runs.cleanup.some((run) => run >= left && run >= instant);
  if (cleanupFrom(end + hotMs + warmMs + coldMs)) return 'gone';
  return coldMs > 0 && cleanupFrom(end + hotMs + warmMs) ? 'cold' : 'warm';
}

/**
 * Where each row (`table id`) really is; fails when one is in two places. Segments never change, so each is read once:
 * `segments` remembers them between calls.
 */
export async function realPlaces(
  db: DatabaseSync,
  tables: Iterable<string>,
  archive: ArchiveStore,
  segments: Map<string, readonly string[]>,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const put = (name: string, place: Place): void => {
    assert.ok(!places.has(name), `${name} is ${places.get(name)} and ${place}`);
    places.set(name, place);
  };
  for (const table of tables) {
    for (const { id } of db.prepare(`SELECT id FROM ${table}`).iterate()) put(`${table} ${id}`, 'hot');
  }
  const read = async (segment: string, source: ByteSource): Promise<readonly string[]> => {
    const known = segments.get(segment);
    if (known !== undefined) return known;
    const reader = await openSegment(source, segment);
    const names = (await reader.readAll()).map(({ id }) => `${reader.footer.table} ${id}`);
    segments.set(segment, names);
    return names;
  };
  for (const { path } of await archive.list('')) {
    const segment = parseWarmPath(path);
    if (segment === null && parseBundlePath(path) === null) continue;
    await using file = await archive.open(path);
    if (segment !== null) {
      for (const name of await read(segment, file)) put(name, 'warm');
      continue;
    }
    const bundle = await openBundle(file, path);
    for (const member of bundle.members) {
      for (const name of await read(member.name, bundle.open(member.name)!)) put(name, 'cold');
    }
  }
  return places;
}
