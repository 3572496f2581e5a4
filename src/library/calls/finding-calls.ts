import { resolve } from 'node:path';
import { resolveTables } from '../../lookup/places/known-tables.ts';
import { conditionText } from '../../lookup/read/kin.ts';
import { timeline } from '../../lookup/search/entity-timeline.ts';
import { countRows } from '../../lookup/search/row-counts.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import type { Stores } from '../../operate/stores.ts';
import { countsJson } from '../answers/finding/counts-answer.ts';
import { explanationJson } from '../answers/finding/explain-answer.ts';
import { exportJson } from '../answers/finding/export-answer.ts';
import {
  estimateJson,
  type RestoreAnswer,
  type RestorePlanAnswer,
  restoreJson,
} from '../answers/finding/restore-answer.ts';
import { timelineJson } from '../answers/finding/timeline-answer.ts';
import { eraseJson } from '../answers/keeping/erase-answer.ts';
import type { FindOptions, KeyValue, RestoreOptions } from '../options/row-options.ts';
import { conditionOf, rowQuery, runtimeOf, searchQuery, wholeNumber, wrong } from '../options/row-request.ts';
import { carryOutErasure, hasRows, planErasure } from '../work/rows/erase-matching.ts';
import { explainKey } from '../work/rows/explain-key.ts';
import { exportTable } from '../work/rows/export-table.ts';
import { LimitedSearch } from '../work/rows/limited-search.ts';
import { ownOutput } from '../work/rows/own-output.ts';
import {
  DEFAULT_LEASE_MS,
  estimateInto,
  INTO_FILE,
  type RestoreWish,
  restoreInto,
} from '../work/rows/restore-into.ts';
import type { Calls, FINDING } from './call-names.ts';
import type { Turns } from './turns.ts';

const TIMELINE_LIMIT = 10_000;

export function findingCalls(stores: Stores, turns: Turns): Calls<typeof FINDING> {
  const { config, clock } = stores;
  const placesOf = async ({ archivesOnly = false, tiers }: FindOptions) =>
    await stores.openSearching({ archivesOnly, hotOnly: tiers?.length === 1 && tiers[0] === 'hot' });
  async function restore(
    target: string,
    options: RestoreOptions & { readonly dryRun: true },
  ): Promise<RestorePlanAnswer>;
  async function restore(
    target: string,
    options: RestoreOptions & { readonly dryRun?: false },
  ): Promise<RestoreAnswer>;
  async function restore(
    target: string,
    options: RestoreOptions & { readonly dryRun?: boolean },
  ): Promise<RestoreAnswer | RestorePlanAnswer> {
    const wish = restoreWish(stores, target, options);
    const { dryRun = false, overwrite = false, dropColumns = false, signal, into, onProgress } = options;
    if (dryRun)
      return estimateJson(
        await turns.read('plan the restore', signal, () => estimateInto(stores, wish)),
        into,
      );
    const leaseMs = runtimeOf(options.for, 'for') ?? DEFAULT_LEASE_MS;
    const report = await turns.change('restore rows', signal, (own) =>
      restoreInto(stores, { ...wish, leaseMs, overwrite, dropColumns, signal: own, onProgress }),
    );
    return restoreJson(report);
  }
  return {
    async count(options = {}) {
      const query = searchQuery(options, clock.now());
      return await turns.read('count rows', options.signal, async (signal) => {
        await using places = await placesOf(options);
        const tables = await resolveTables(places, options.tables ?? []);
        const found = new LimitedSearch(search(places, { ...query, tables }, { signal }), null);
        for await (const _ of found);
        return { command: 'search', ...found.totals() };
      });
    },

    async histogram(options = {}) {
      const query = searchQuery(options, clock.now());
      const { bucket: width = null, facets = [] } = options;
      const asOf = new Date(clock.now()).toISOString();
      return await turns.read('count rows', options.signal, async (signal) => {
        await using places = await placesOf(options);
        const tables = await resolveTables(places, options.tables ?? []);
        return countsJson(await countRows(places, { ...query, tables }, { width, facets, signal }), asOf);
      });
    },

    async timeline(condition, options = {}) {
      const where = [conditionOf(condition)];
      const limit = wholeNumber(options.limit ?? TIMELINE_LIMIT, 'limit', 1);
      return await turns.read('read the timeline', options.signal, async () => {
        await using places = await placesOf(options);
        return timelineJson(await timeline(places, await resolveTables(places, []), where, limit));
      });
    },

    async explain(table, key, { signal } = {}) {
      const given = (isList(key) ? key : [key]).map(keyText);
      const { found, key: whole } = await turns.read('explain the row', signal, () =>
        explainKey(stores, table, given),
      );
      return explanationJson(found, whole);
    },

    async export(table, options) {
      const query = rowQuery(options, clock.now());
      const { format = 'jsonl', archivesOnly = false } = options;
      return await turns.read('export the table', options.signal, async (signal) => {
        const file = ownOutput(config, options.output, resolve('.'), { operation: 'write the export' });
        const done = await exportTable(stores, table, { query, format, file, archivesOnly, signal });
        return exportJson(file, done);
      });
    },

    restore,

    async erase(target, options) {
      if (options.where.length === 0) throw wrong('where', 'must have at least one condition');
      const query = rowQuery(options, clock.now());
      const how = { withChildren: options.withChildren ?? false };
      const plan = await turns.read('plan the erasure', options.signal, (signal) =>
        planErasure(stores, target, query, { ...how, signal }),
      );
      if (options.dryRun || !hasRows(plan)) return eraseJson(plan, null);
      const report = await turns.change('erase rows', options.signal, (signal) =>
        carryOutErasure(stores, plan, { ...how, signal }),
      );
      return eraseJson(report.plan, report);
    },
  };
}

function restoreWish({ config, clock }: Stores, target: string, options: RestoreOptions): RestoreWish {
  const { into, withChildren = false, withParents = false, archivesOnly = false } = options;
  return {
    ...{ target, archivesOnly },
    query: rowQuery(options, clock.now()),
    file: into === 'hot' ? null : ownOutput(config, into, resolve('.'), INTO_FILE),
    kin: { children: withChildren, parents: withParents },
  };
}

function isList(key: KeyValue | readonly KeyValue[]): key is readonly KeyValue[] {
  return Array.isArray(key);
}

/** A number may be that of an INTEGER as well as of a REAL: its text is that of both. */
function keyText(value: KeyValue): string {
  return typeof value === 'number' ? String(value) : conditionText(value);
}
