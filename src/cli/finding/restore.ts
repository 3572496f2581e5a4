import { resolveTables } from '../../lookup/places/known-tables.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { Kin } from '../../lookup/read/kin.ts';
import type { Query } from '../../lookup/read/query.ts';
import { estimateRestore } from '../../lookup/restore/restore-estimate.ts';
import { type RestoreReport, restoreRows } from '../../lookup/restore/restore-rows.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';

import { stopOn } from '../../model/stop.ts';
import { restoreIntoHot } from '../../operate/jobs/row-run.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';
import { ROW_OPTIONS, rowQuery } from '../input/filter-options.ts';
import { createProgress } from '../terminal/progress.ts';
import { answerStatus } from './answer-status.ts';
import { estimateJson, parentWarnings, renderEstimate, renderRestore, restoreJson } from './restore-text.ts';

const INTO = { operation: 'open the database to restore into', inPlace: true };

const DEFAULT_LEASE_MS = 14 * 86_400_000;

export const command: Command = defineCommand({
  description:
    'Copies archived rows into a database, with exact values. The rows also stay in the archives. In a separate file, Firn creates the tables with their columns ' +
    'and indexes, but without triggers. With --into hot, the rows get a lease: they stay in the live database for the time of --for. After that, ' +
    'the next run deletes them without archiving them again.\n' +
    'With --with-children and --with-parents, Firn also restores rows of tables that the policies declare as children or parents (with, by); with both, whole units. ' +
    'Parents are restored before their children.\nYou can stop the command at any time and run it again.',
  arguments: {
    target: argument('<target>', 'all, a group or a table', { completes: 'targets' }),
  },
  options: {
    into: value('--into <FILE|hot>', 'database file to restore into, or hot for the live database', {
      completes: 'files',
    }),
    ...ROW_OPTIONS,
    for: value('--for <DUR>', 'time the rows stay with --into hot (default 14d)', {
      parse: positiveDuration,
    }),
    withChildren: flag('--with-children', 'also restore the rows that belong to these rows (units)'),
    withParents: flag('--with-parents', 'also restore the rows that these rows belong to (units)'),
    overwrite: flag('--overwrite', 'replace rows that have the same key but other values'),
    dropColumns: flag('--drop-columns', 'skip values of columns that the table no longer has'),
    dryRun: flag('--dry-run', 'show how much would be restored; change nothing'),
    json: flag('--json', 'print the result as JSON'),
    archivesOnly: flag('--archives-only', 'read the archive files only; the live database is not needed'),
  },
  examples: [
    [
      'firn restore all --since 2026-03-01 --until 2026-03-31 --into march.db',
      'restore a month into a separate file',
    ],
    [
      'firn restore tool_uses --where task_id=T-042 --into hot --for 14d',
      'restore one task into the live database',
    ],
    [
      'firn restore session --where id=s-7 --with-children --into hot',
      'restore a session with its messages and their parts',
    ],
    ['firn restore transcripts --into hot --dry-run', 'preview only'],
  ],
  async run(context, { target }, options) {
    const { into } = options;
    if (into === undefined) {
      throw new FirnError('usage', '--into FILE or --into hot is required', {
        operation: 'restore rows',
        hint: 'See: firn restore --help',
      });
    }
    const wanted = rowQuery(options, context.io.clock.now());
    const query = async (places: Places): Promise<Query> => ({
      ...wanted,
      tables: await resolveTables(places, [target]),
    });
    if (options.dryRun) return await estimate(context, query, into, options);
    const report =
      into === 'hot' ? await fillHot(context, query, options) : await fillFile(context, query, into, options);
    if (options.json) context.json(restoreJson(report));
    else context.print(renderRestore(report, context.style, context.width));
    for (const note of report.notes) context.warn(note);
    for (const warning of parentWarnings(report, options.withParents)) context.warn(warning);
    for (const { table, why } of report.failed) context.warn(`${table}: not restored: ${why}`);
    const status = answerStatus(context, { problems: report.problems, unread: [] }, report.tables.length);
    if (status !== EXIT.done) return status;
    const refused = report.failed.length > 0 || report.tables.some(({ refused: rows }) => rows > 0);
    return refused || report.stopped !== null ? EXIT.partly : EXIT.done;
  },
});

/** What to restore, once it is known which tables there are. */
type Wanted = (places: Places) => Promise<Query>;

interface Options {
  readonly for: number | undefined;
  readonly withChildren: boolean;
  readonly withParents: boolean;
  readonly overwrite: boolean;
  readonly dropColumns: boolean;
  readonly json: boolean;
  readonly archivesOnly: boolean;
}

async function estimate(context: Context, wanted: Wanted, into: string, options: Options): Promise<number> {
  const { archivesOnly, json } = options;
  const stores = await context.stores();
  await using places = await stores.openSearching({ archivesOnly });
  const file = into === 'hot' ? null : await context.outputPath(into, INTO);
  const present = async (table: string) =>
    file === null ? ((await places.hot?.reader.shape(table)) ?? null) : await stores.shapeInFile(file, table);
  const found = await estimateRestore(places, await wanted(places), present, kinOf(options));
  if (json) context.json(estimateJson(found, into));
  else context.print(renderEstimate(found, into, context.style, context.width));
  return answerStatus(context, { problems: found.problems, unread: [] }, found.tables.length);
}

async function fillHot(context: Context, wanted: Wanted, options: Options): Promise<RestoreReport> {
  const query = await lookFirst(context, wanted);
  await using opened = await context.write('restore');
  await using run = await (await context.stores()).openRowRun(opened);
  const leaseUntil = instantOfMs(context.io.clock.now() + (options.for ?? DEFAULT_LEASE_MS));
  return await restoreIntoHot(run, query, { ...common(context, options), leaseUntil });
}

/** An archive that is not this database's is an alarm, before anything is changed. */
async function lookFirst(context: Context, wanted: Wanted): Promise<Query> {
  await using places = await (await context.stores()).openSearching();
  return await wanted(places);
}

async function fillFile(
  context: Context,
  wanted: Wanted,
  into: string,
  options: Options,
): Promise<RestoreReport> {
  const stores = await context.stores();
  await using places = await stores.openSearching(options);
  const query = await wanted(places);
  await using target = await stores.openRestoreFile(await context.outputPath(into, INTO));
  return await restoreRows(places, query, target, common(context, options));
}

function kinOf({ withChildren, withParents }: Pick<Options, 'withChildren' | 'withParents'>): Kin {
  return { children: withChildren, parents: withParents };
}

function common(context: Context, options: Options): Parameters<typeof restoreRows>[3] & object {
  const { io, flags } = context;
  const { overwrite, dropColumns } = options;
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : undefined);
  let [table, before, done, doneBytes] = ['', 0, 0, 0];
  return {
    ...{ overwrite, dropColumns, kin: kinOf(options) },
    stop: stopOn(io.signal),
    onProgress: ({ table: now, rows, bytes }) => {
      const fresh = now !== table || rows < before ? rows : rows - before;
      [table, before, done, doneBytes] = [now, rows, done + fresh, doneBytes + (fresh === rows ? bytes : 0)];
      progress.show({ doing: now, rows: done, totalRows: 0, bytes: doneBytes });
    },
  };
}
