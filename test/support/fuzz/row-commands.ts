import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import type { Stopper } from '../faults/stopper.ts';
import { GROUPS } from './application.ts';
import type { Entry } from './book.ts';
import { type Command, type Outcome, opened } from './commands.ts';
import { DAY_MS } from './tables.ts';
import type { FuzzWorld } from './world.ts';

export const restore: Command = (world, stopper) => {
  const query = anyQuery(world);
  return restoreWhere(query, world.random.integer(1, 15))(world, stopper);
};

export function restoreWhere(query: Query, days: number): Command {
  return async (world, stopper) => {
    const until = world.nowMs + days * DAY_MS;
    try {
      return await rowRun(world, stopper, async (run) => {
        const report = await restoreIntoHot(run, query, { leaseUntil: instantOfMs(until) });
        const inserted = report.tables.reduce((sum, { inserted: rows }) => sum + rows, 0);
        const problems = report.problems.map(({ path, why }) => `${path}: ${why}`);
        return { whole: true, alarms: problems, said: `${inserted} rows restored where ${inWords(query)}` };
      });
    } finally {
      await noteLeases(world, until);
    }
  };
}

/** Rows that stand in hot and in the archive now are leased. */
export async function noteLeases(world: FuzzWorld, until: number): Promise<void> {
  const places = Map.groupBy(await world.found(), ({ uid }) => uid);
  for (const [uid, found] of places) {
    const entry = world.book.entries.get(uid);
    if (entry !== undefined && found.length > 1) {
      entry.leasedUntil = Math.max(until, entry.leasedUntil ?? 0);
      for (const { content } of found) entry.contents.add(content);
      // It was deleted after it had been changed, and comes back as it was archived.
      const hot = found.find(({ place }) => place === 'hot');
      if (entry.presence === 'may' && hot !== undefined) entry.content = hot.content;
      // It was changed between its restoration and now, perhaps in what makes it another row.
      if (world.disturbed) entry.copies = 'versions';
    }
  }
}

export const erase: Command = (world, stopper) => eraseWhere(anyQuery(world))(world, stopper);

export function eraseWhere(query: Query): Command {
  return async (world, stopper) => {
    const all = (): Entry[] =>
      [...world.book.entries.values()].filter(
        ({ table, grp }) => query.tables.includes(table) && grp === query.where[0]!.value,
      );
    const matching = all();
    try {
      return await carryOut(world, stopper, query, matching);
    } finally {
      // Rows that were written meanwhile may be erased with the others.
      for (const entry of all())
        if (!matching.includes(entry) && entry.presence === 'must') entry.presence = 'may';
    }
  };
}

function carryOut(
  world: FuzzWorld,
  stopper: Stopper,
  query: Query,
  matching: readonly Entry[],
): Promise<Outcome> {
  return rowRun(world, stopper, async (run) => {
    for (const entry of matching) {
      entry.erasing = true;
      if (entry.presence === 'must') entry.presence = 'may';
    }
    let report: Awaited<ReturnType<typeof eraseRows>>;
    try {
      report = await eraseRows(run, query);
    } catch (error) {
      if (!(error instanceof FirnError) || !/^hold \d/.test(error.message)) throw error;
      for (const entry of matching) entry.erasing = false;
      return { whole: true, alarms: [], said: `erasure refused: ${error.message}` };
    }
    const whole = report.left.length + report.plan.problems.length === 0;
    if (whole) {
      for (const entry of matching) {
        // An application may have written it, or let it be restored, while the erasure ran.
        entry.presence = world.disturbed ? 'may' : 'never';
      }
    }
    const rows = `${report.hot} hot, ${report.warm} warm, ${report.cold} cold rows`;
    return {
      whole,
      // What triggers refuse to let go is left, and rightly said.
      alarms: world.disturbed ? [] : report.left.map(({ why }) => why),
      said: `${rows} erased where ${inWords(query)}`,
    };
  });
}

async function rowRun(
  world: FuzzWorld,
  stopper: Stopper,
  action: (run: RowRun) => Promise<Outcome>,
): Promise<Outcome> {
  return await opened(world, stopper, async (stores) => {
    await using lookup = openSqliteLookup(world.database);
    return await action({ ...stores, lookup, policies: world.policies });
  });
}

/** One group, of all tables or of one. */
function anyQuery({ random, tables }: FuzzWorld): Query {
  const names = tables.map(({ name }) => name);
  const some = random.next() < 0.5 ? names : [random.pick(names)];
  return groupQuery(some, random.pick(GROUPS));
}

export function groupQuery(tables: readonly string[], grp: string): Query {
  return { ...everything(tables), where: [parseCondition(`grp=${grp}`)] };
}

function inWords({ tables, where }: Query): string {
  return `grp=${String(where[0]!.value)} in ${tables.join(', ')}`;
}
