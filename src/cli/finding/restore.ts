import { THAW_TIERS, type ThawTier } from '../../archive/bucket/thawing.ts';
import { estimateJson, restoreJson, thawJson } from '../../library/answers/finding/restore-answer.ts';
import {
  DEFAULT_LEASE_MS,
  estimateInto,
  INTO_FILE,
  type RestoreWish,
  restoreInto,
} from '../../library/work/rows/restore-into.ts';
import { DEFAULT_THAW_DAYS, thawArchives } from '../../library/work/rows/thaw-archives.ts';
import type { RestoreReport } from '../../lookup/restore/restore-rows.ts';
import { FirnError } from '../../model/errors.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';
import { ROW_OPTIONS, rowQuery, wholeNumber } from '../input/filter-options.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { answerStatus } from './answer-status.ts';
import { parentWarnings, renderEstimate, renderRestore, renderThaw } from './restore-text.ts';

export const command: Command = defineCommand({
  description:
    'Copies archived rows into a database, with exact values. The rows also stay in the archives. In a separate file, Firn creates the tables with their columns ' +
    'and indexes, but without triggers. A new file gets its name when it is complete. With --into hot, the rows get a lease: they stay in the live database for the time of --for. After that, ' +
    'the next run deletes them without archiving them again.\n' +
    'With --with-children and --with-parents, Firn also restores rows of tables that the policies declare as children or parents (with, by); with both, whole units. ' +
    'Parents are restored before their children.\nArchive files in the storage classes GLACIER and DEEP_ARCHIVE of S3 cannot be read at once. With --thaw, Firn asks S3 for those that are needed, ' +
    'restores nothing and exits with 3; when S3 has thawed them, the same command restores the rows.\nYou can stop the command at any time and run it again.',
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
    thaw: flag('--thaw', 'ask S3 for archives in Glacier storage classes; restore if all can be read'),
    thawDays: value('--thaw-days <N>', 'days that thawed files stay readable (default 7)', {
      parse: wholeNumber(1),
    }),
    thawTier: value<ThawTier>('--thaw-tier <TIER>', 'speed of the thaw (default standard)', {
      choices: THAW_TIERS,
    }),
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
    [
      'firn restore all --since 2026-03-01 --until 2026-03-31 --into march.db --thaw',
      'first ask S3 for what is in Glacier; run it again when that can be read',
    ],
  ],
  async run(context, { target }, options) {
    const { into } = options;
    if (into === undefined) {
      throw new FirnError('usage', '--into FILE or --into hot is required', {
        operation: 'restore rows',
        hint: 'See: firn restore --help',
      });
    }
    const wish: RestoreWish = {
      target,
      query: rowQuery(options, context.io.clock.now()),
      file: into === 'hot' ? null : await context.outputPath(into, INTO_FILE),
      kin: { children: options.withChildren, parents: options.withParents },
      archivesOnly: options.archivesOnly,
    };
    const isThawed = !options.thaw || (await thaw(context, wish, into, options));
    if (!isThawed) return EXIT.partly;
    if (options.dryRun) return await estimate(context, wish, into, options.json);
    const report = await carryOut(context, wish, options);
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

interface Options {
  readonly for: number | undefined;
  readonly overwrite: boolean;
  readonly dropColumns: boolean;
}

interface ThawOptions {
  readonly thawDays: number | undefined;
  readonly thawTier: ThawTier | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Asks for the files that cannot be read yet. @returns whether there is none. */
async function thaw(
  context: Context,
  wish: RestoreWish,
  into: string,
  options: ThawOptions,
): Promise<boolean> {
  const { thawDays: days = DEFAULT_THAW_DAYS, thawTier: tier = 'standard', dryRun, json } = options;
  const report = await thawArchives(await context.stores(), wish, { days, tier }, dryRun);
  if (report.files.every(({ state }) => state === 'readable')) return true;
  if (json) context.json(thawJson(report, into, dryRun));
  else context.print(renderThaw(report, dryRun, context.style));
  return false;
}

async function estimate(context: Context, wish: RestoreWish, into: string, json: boolean): Promise<number> {
  const found = await estimateInto(await context.stores(), wish);
  if (json) context.json(estimateJson(found, into));
  else context.print(renderEstimate(found, into, context.style, context.width));
  return answerStatus(context, { problems: found.problems, unread: [] }, found.tables.length);
}

async function carryOut(
  { io, flags, stores }: Context,
  wish: RestoreWish,
  options: Options,
): Promise<RestoreReport> {
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : undefined);
  return await restoreInto(await stores(), {
    ...wish,
    leaseMs: options.for ?? DEFAULT_LEASE_MS,
    overwrite: options.overwrite,
    dropColumns: options.dropColumns,
    signal: io.signal,
    onProgress: showOn(progress),
  }).finally(() => progress.finish());
}
