import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { readTextFile } from '../../config/text-file.ts';
import {
  archiveStatistics,
  type ListFilter,
  listSegments,
} from '../../lifecycle/archived/segment-listing.ts';
import { acknowledgeAlarm } from '../../operate/status/acknowledge-alarm.ts';
import { renderMetrics } from '../../operate/status/prometheus.ts';
import { readStatus } from '../../operate/status/read-status.ts';
import { readHistory } from '../../operate/status/run-history.ts';
import { acknowledgedJson, statusJson } from '../../operate/status/status-json.ts';
import type { Stores } from '../../operate/stores.ts';
import { holdJson } from '../answers/keeping/hold-answer.ts';
import { lakeStatusJson, lakeVerifyJson } from '../answers/keeping/lake-answer.ts';
import { whatIfJson } from '../answers/moving/plan-answer.ts';
import { archiveStatisticsJson } from '../answers/retention/archive-listing-answer.ts';
import { fileDetailsJson } from '../answers/retention/file-details-answer.ts';
import { archiveFilesJson } from '../answers/retention/files-answer.ts';
import { retentionStatsJson } from '../answers/retention/retention-stats-answer.ts';
import { retentionStatusJson } from '../answers/retention/retention-status-answer.ts';
import { historyJson } from '../answers/running/history-answer.ts';
import { openSegmentFile } from '../files/read-archive-file.ts';
import { conditionOf, durationOf, timeRange, wholeNumber, wrong } from '../options/row-request.ts';
import type { SegmentOptions } from '../options/run-options.ts';
import { listHolds, placeHold, releaseHold } from '../work/rows/hold-rows.ts';
import { lakeStanding, verifyLakeFiles } from '../work/runs/lake-runs.ts';
import {
  compareWith,
  lookAtFile,
  lookAtFiles,
  lookAtRates,
  lookAtTiers,
  segmentOf,
  withTimes,
} from '../work/runs/look-at-retention.ts';
import type { Calls, LOOKING } from './call-names.ts';
import type { Turns } from './turns.ts';

export function lookingCalls(stores: Stores, turns: Turns): Calls<typeof LOOKING> {
  const { config, clock } = stores;
  return {
    status: async ({ signal } = {}) =>
      statusJson(await turns.read('read the status', signal, () => readStatus(stores))),
    metrics: async ({ signal } = {}) =>
      await renderMetrics(await turns.read('read the status', signal, () => readStatus(stores))),
    retentionStatus: async ({ signal } = {}) =>
      retentionStatusJson(await turns.read('read the status', signal, () => lookAtTiers(stores))),
    retentionStats: async ({ signal } = {}) =>
      retentionStatsJson(await turns.read('count rows', signal, () => lookAtRates(stores))),

    async plan({ target, against, signal, ...times } = {}) {
      const base = against === undefined ? config.policies : policiesOfFile(against);
      const msOf = (name: 'hot' | 'warm' | 'cold') => durationOf(times[name], name) ?? undefined;
      const changed = withTimes(base, target, { hot: msOf('hot'), warm: msOf('warm'), cold: msOf('cold') });
      return whatIfJson(await turns.read('compare policies', signal, () => compareWith(stores, changed)));
    },

    async history({ limit, job = null, signal } = {}) {
      const wanted = { limit: limit === undefined ? null : wholeNumber(limit, 'limit', 0), job };
      return historyJson(await turns.read('read the history', signal, () => readHistory(stores, wanted)));
    },

    async files({ name, tier = null, limit, signal, ...range } = {}) {
      const filter = { ...timeRange(range, clock.now()), tier };
      const most = limit === undefined ? null : wholeNumber(limit, 'limit', 0);
      const found = await turns.read('list files', signal, () => lookAtFiles(stores, name, filter));
      return archiveFilesJson(found, most);
    },

    async file(name, { signal } = {}) {
      const segment = segmentOf(name);
      if (segment === null)
        throw wrong('name', `is ${JSON.stringify(name)}, which is not the name of an archive file`);
      return fileDetailsJson(await turns.read('read the file', signal, () => lookAtFile(stores, segment)));
    },

    segments: async (options = {}) =>
      await turns.read('list files', options.signal, async () =>
        listSegments(await stores.openArchive(), listFilter(options)),
      ),

    archiveStatistics: async (options = {}) =>
      await turns.read('read the archive files', options.signal, async () =>
        archiveStatisticsJson(await archiveStatistics(await stores.openArchive(), listFilter(options))),
      ),

    async openSegment(name) {
      turns.begin('open the archive file', undefined);
      return await openSegmentFile(await stores.openArchive(), segmentOf(name) ?? name);
    },

    lakeStatus: async ({ signal } = {}) =>
      lakeStatusJson(await turns.read('look at the lake', signal, () => lakeStanding(stores))),

    lakeVerify: async ({ signal } = {}) =>
      lakeVerifyJson(await turns.read('verify the lake', signal, () => verifyLakeFiles(stores, signal))),

    holds: async ({ signal } = {}) =>
      (await turns.read('list holds', signal, () => listHolds(stores))).map((hold) => holdJson(hold)),

    async addHold({ table, where, reason, signal }) {
      const hold = { table, conditions: where.map(conditionOf), reason };
      return holdJson(await turns.change('add the hold', signal, () => placeHold(stores, hold)));
    },

    async removeHold(id, { signal } = {}) {
      await turns.change('remove the hold', signal, () => releaseHold(stores, id));
    },

    async acknowledge(path, { reason, by = null, signal }) {
      if (reason.trim() === '') throw wrong('reason', 'is empty');
      const acknowledge = () => acknowledgeAlarm(stores, path, { by, reason });
      return (await turns.read('acknowledge the alarm', signal, acknowledge)).map(acknowledgedJson);
    },
  };
}

function policiesOfFile(file: string) {
  return loadConfig({ flags: { config: file }, env: {}, cwd: resolve('.'), readFile: readTextFile }).policies;
}

function listFilter({ table, from, to }: SegmentOptions): ListFilter {
  return {
    ...(table === undefined ? {} : { table }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
