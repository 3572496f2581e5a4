import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { FIRST_CLEANUP, SECOND_CLEANUP, SHORT_POLICIES } from '../../support/cleanup-trial.ts';
import { type Exploration, explore } from '../../support/faults/explore.ts';
import { Random } from '../../support/faults/random.ts';
import { type Moment, type Program, record } from '../../support/faults/recorded-run.ts';
import type { RowsByTable } from '../../support/independent/archive-rows.ts';
import { assertAtRest, rowsAnywhere } from '../../support/s3/bucket-judge.ts';
import { BucketState } from '../../support/s3/model/bucket-state.ts';
import { smallSizes } from '../../support/small-sizes.ts';
import { archiving, smallWorld } from '../../support/worlds/archive-world.ts';

const thorough = process.env.FIRN_THOROUGH === '1';
/** With few segments in the ordinary run. */
const TARGET = thorough ? 'notes' : 'bare';
const TABLES = ['notes', 'pairs', 'bare'];

/** `firn cleanup archives`. */
function cleaning(now: number): Program {
  return async (world) => {
    await using store = await openSqliteStore(world.databasePath);
    const clock = standingClock(now);
    const { reconciled, problems } = await runCleanup(
      { store: world.hot(store), archive: world.archive(clock), clock },
      SHORT_POLICIES,
      { consent: async () => true },
    );
    const wrong = [...reconciled.filter(({ action }) => action === 'alarm'), ...problems];
    if (wrong.length > 0) throw new Error(`false alarm: ${JSON.stringify(wrong)}`);
  };
}

interface Prepared {
  readonly start: Moment;
  readonly expected: RowsByTable;
}

/** Where a program begins, and what must be there after it, whatever came between. */
async function prepare(
  kind: { versioned: boolean },
  before: readonly Program[],
  program: Program,
): Promise<Prepared> {
  const bucket = new BucketState({ ...kind, objectLock: false, server: 'aws', ignoresConditions: false });
  let start: Moment = smallWorld('wal', undefined, bucket).start;
  for (const one of before) start = (await record(start, one)).at(-1)!;
  let expected: RowsByTable = new Map();
  await record(start, program, async (left) => {
    expected = rowsAnywhere(left, TABLES);
  });
  assert.ok(expected.get('notes')!.length > 0);
  return { start, expected };
}

async function exploreBucket(
  t: TestContext,
  kind: { versioned: boolean },
  before: readonly Program[],
  program: Program,
  how: Partial<Exploration> = {},
): Promise<void> {
  const { start, expected } = await prepare(kind, before, program);
  const explored = await explore(start, {
    ...{ run: program, recover: program, check: (left) => assertAtRest(left, expected) },
    ...how,
  });
  const { kills, powerCuts, states, complete } = explored;
  t.diagnostic(
    `${t.name}: ${kills} kills and ${powerCuts} power cuts, ${states} different states recovered from`,
  );
  assert.ok(complete || smallSizes || how.limit !== undefined);
}

/** The bytes of a file that is being sent have identities in them, so that states are rarely the same. */
const SOME = thorough ? { limit: 2000 } : { limit: 36, isSample: true };

test('archiving to a bucket may be killed between any two requests, syncs and commits', async (t) => {
  await exploreBucket(t, { versioned: false }, [], archiving({ target: TARGET }), SOME);
});

/** Much of it happens in the next test, too. */
const atLength = thorough ? {} : { skip: 'FIRN_THOROUGH=1 runs it' };

test(
  'consolidating in a bucket may be killed anywhere, also one that keeps versions',
  atLength,
  async (t) => {
    for (const versioned of [false, true])
      await exploreBucket(t, { versioned }, [archiving()], cleaning(FIRST_CLEANUP), SOME);
  },
);

test('adding to a bundle in a bucket and purging may be killed anywhere', async (t) => {
  const before = [archiving(), cleaning(FIRST_CLEANUP)];
  await exploreBucket(t, { versioned: true }, before, cleaning(SECOND_CLEANUP), SOME);
});

test('the power may fail on the machine of the database and the spool', async (t) => {
  const how = { powerCuts: 2, seed: 41, limit: thorough ? 2000 : 12 };
  await exploreBucket(t, { versioned: false }, [], archiving({ target: TARGET }), how);
});

/**
 * Of two first runs, of which the one marks the archive late, the other one is refused; the next one takes the mark for its own. And a run whose lineage is
 * written late is taken for another run that is at work.
 */
function forgiving(action: string, program: Program): Program {
  return async (world) => {
    try {
      await program(world);
    } catch (error) {
      const code = error instanceof FirnError ? error.code : null;
      const isMark = /^PUT .*\/archive\.json$/.test(action) && code === 'refused';
      if (!isMark && !(/^PUT .*\/lineage\.json$/.test(action) && code === 'unavailable')) throw error;
    }
  };
}

/** A run is killed with a request under way; the next one has so many requests answered before the bucket carries it out. */
async function lateRequests(t: TestContext, before: readonly Program[], program: Program): Promise<void> {
  const { start, expected } = await prepare({ versioned: false }, before, program);
  const random = new Random(5);
  const moments = await record(start, program);
  let tried = 0;
  for (const [n, { request, action }] of moments.entries()) {
    if (n === 0 || request === undefined) continue;
    const some = action.includes('/cold/') ? [5, 15, 25, 35] : [random.integer(0, 40)];
    for (const after of thorough ? Array.from({ length: 40 }, (_, at) => at) : some) {
      const killed = { ...moments[n - 1]!, inFlight: { request, after } };
      try {
        const next = await record(killed, forgiving(action, program));
        await record(next.at(-1)!, program, (left) => assertAtRest(left, expected));
      } catch (cause) {
        throw new Error(`${action} after ${after} requests of the next run: ${(cause as Error).message}`, {
          cause,
        });
      }
      tried++;
    }
  }
  t.diagnostic(`${t.name}: ${tried} late requests`);
}

test('a request of a killed archive run may be carried out at any moment of the next run', async (t) => {
  await lateRequests(t, [], archiving({ target: 'notes' }));
});

test('a request of a killed cleanup may be carried out at any moment of the next run', async (t) => {
  await lateRequests(t, [archiving(), cleaning(FIRST_CLEANUP)], cleaning(SECOND_CLEANUP));
});
