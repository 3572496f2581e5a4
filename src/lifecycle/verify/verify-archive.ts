import { type ArchiveStore, FrozenFile } from '../../archive/archive-store.ts';
import { isAway } from '../../archive/away.ts';
import { type FoundSegment, segmentsByName } from '../../archive/found-segments.ts';
import { readIdentity } from '../../archive/identity.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { proveBundle } from '../../format/bundle/prove-bundle.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import { findingOf, placeOf } from '../reconcile/alarm-findings.ts';
import { checking, missing, type Wrong, wrongBy } from '../reconcile/verify-receipt.ts';
import { toAlarm } from './verify-alarms.ts';
import type { VerifyProgress } from './verify-bytes.ts';
import { filesInDoubt } from './verify-notes.ts';
import type { Alarm, VerifyReport } from './verify-report.ts';

export interface ArchiveVerifyOptions {
  /** Read every byte; else names and footers alone. */
  readonly deep: boolean;
  /** Asked between two files: the reason to stop now, or null. */
  readonly stop?: Stop;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/**
 * Verifies the files of an archive without its database. Files that are missing as a whole, and rows that stand in two places, are not noticed:
 * only the ledger knows of them. Changes nothing.
 */
export async function verifyArchive(
  archive: ArchiveStore,
  clock: Clock,
  { deep, stop = neverStop, onProgress }: ArchiveVerifyOptions,
): Promise<VerifyReport> {
  const alarms: Alarm[] = [];
  const { notes, alarm } = await whose(archive);
  if (alarm !== null) alarms.push(alarm);
  const { found, bundles, unreadable, frozen } = await findSegments(archive);
  alarms.push(...unreadable);
  notes.push(...frozen.map((path) => `${path} was not verified: it has to be thawed first (docs/s3.md)`));
  const totalBytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const checked = { segments: 0, bundles: 0, rows: 0, bytes: 0 };
  const sound = new Map<string, string>();
  let [stopped, done]: [string | null, number] = [null, 0];
  for (const one of found) {
    stopped = stop();
    if (stopped !== null) break;
    let rows = 0;
    const wrong = await checking(async () => {
      rows = await rowsOf(archive, one, deep);
    });
    if (wrong === null) {
      sound.set(one.segment, one.digest ?? '');
      checked.segments++;
      checked.rows += rows;
      checked.bytes += deep ? one.bytes : 0;
    } else if (await isGone(archive, one))
      notes.push(`${placeOf(one)} was removed during the verification by another run`);
    else alarms.push(alarmOf(one, wrong));
    done += one.bytes;
    onProgress?.({ segments: checked.segments, totalSegments: found.length, bytes: done, totalBytes });
  }
  for (const path of bundles) {
    stopped ??= stop();
    if (stopped !== null) break;
    const wrong = deep ? await checking(() => wholeBundle(archive, path, sound)) : null;
    if (wrong === null) checked.bundles++;
    else alarms.push(toAlarm(findingOf(path, undefined, wrong)));
  }
  return {
    ...{ command: 'verify', mode: deep ? 'deep' : 'quick', asOf: new Date(clock.now()).toISOString() },
    ...{ archivesOnly: true, complete: stopped === null && frozen.length === 0, stopped, skipped: 0 },
    chosen: { segments: found.length, bytes: deep ? totalBytes : 0 },
    ...{ checked, alarms, earlier: [], acknowledged: [], unfinished: [], accounts: [] },
    notes: [...notes, ...(await filesInDoubt(archive)), ...gapsIn(found)],
  };
}

async function whose(archive: ArchiveStore): Promise<{ notes: string[]; alarm: Alarm | null }> {
  try {
    const identity = await readIdentity(archive);
    const told =
      identity === null
        ? 'archive.json is missing, so the database of this archive is unknown'
        : `the archive belongs to the database ${identity.database}, paired ${identity.created}`;
    return { notes: [told], alarm: null };
  } catch (error) {
    // The walk over the segments reports it.
    if (isAway(error)) return { notes: [], alarm: null };
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return { notes: [], alarm: toAlarm(findingOf('archive.json', undefined, wrongBy(error))) };
  }
}

async function findSegments(archive: ArchiveStore): Promise<{
  readonly found: FoundSegment[];
  readonly bundles: string[];
  readonly unreadable: Alarm[];
  readonly frozen: string[];
}> {
  const found: FoundSegment[] = [];
  const unreadable: Alarm[] = [];
  const frozen: string[] = [];
  for await (const one of segmentsByName(archive)) {
    if ('error' in one && one.error instanceof FrozenFile) frozen.push(one.path);
    else if ('error' in one) unreadable.push(toAlarm(findingOf(one.path, undefined, wrongBy(one.error))));
    else found.push(one);
  }
  // Each bundle has a member.
  const bundles = [...new Set(found.filter(({ tier }) => tier === 'cold').map(({ path }) => path))];
  if (found.length === 0 && bundles.length + unreadable.length + frozen.length === 0) {
    throw new FirnError('not_found', 'archive not found', {
      operation: 'verify the archive',
      path: archive.location,
      hint: 'Check --archive-path.',
    });
  }
  return { found, bundles, unreadable, frozen };
}

/** The rows of a segment that is what its name says. */
async function rowsOf(
  archive: ArchiveStore,
  { segment, name, tier, digest }: FoundSegment,
  deep: boolean,
): Promise<number> {
  await using stored = await openStored(archive, segment, tier);
  if (stored === null) throw missing(segment);
  const footer = deep
    ? await provenFooter(stored.source, segment)
    : (await openSegment(stored.source, segment)).footer;
  for (const key of ['table', 'day', 'part', 'compression'] as const) {
    if (footer[key] !== name[key]) throw wrongFile(segment, `its footer says ${key} ${footer[key]}`);
  }
  if (digest !== null && footer.digest !== digest)
    throw wrongFile(segment, 'its checksum does not match the table of contents');
  return footer.rows;
}

async function wholeBundle(
  archive: ArchiveStore,
  path: string,
  sound: ReadonlyMap<string, string>,
): Promise<void> {
  await using file = await archive.open(path);
  await proveBundle(file, path, sound);
}

/** Whether a run that is at work has moved or purged it since it was listed. */
async function isGone(archive: ArchiveStore, { segment, tier }: FoundSegment): Promise<boolean> {
  try {
    await using stored = await openStored(archive, segment, tier);
    return stored === null;
  } catch (error) {
    if (error instanceof FirnError) return false;
    throw error;
  }
}

function alarmOf(found: FoundSegment, wrong: Wrong): Alarm {
  const { table } = found.name;
  return toAlarm({ ...findingOf(found.segment, undefined, wrong), path: placeOf(found), table });
}

/** Part numbers without a file: it was purged, replaced or lost; the ledger knows which. */
function gapsIn(found: readonly FoundSegment[]): string[] {
  const parts = Map.groupBy(found, ({ name: { table, day } }) => `${table} of ${day}`);
  return [...parts].flatMap(([name, group]) => {
    const known = new Set(group.map((one) => one.name.part));
    const most = Math.max(...known);
    return known.size === most
      ? []
      : [`${name} has ${known.size} of ${most} parts: the others were purged, replaced or lost`];
  });
}

function wrongFile(segment: string, why: string): FirnError {
  return new FirnError('integrity', why, { operation: 'verify the segment', path: segment });
}
