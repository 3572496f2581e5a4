import { archiveReportJson } from '../../library/answers/moving/archive-answer.ts';
import { archiveTarget, planTarget } from '../../library/work/runs/archive-target.ts';
import type { ArchiveReport } from '../../lifecycle/archive/archive-report.ts';
import { dryRunReport } from '../../lifecycle/archive/archive-report.ts';
import { resolveTarget } from '../../model/policy/policies.ts';
import { changeEach } from '../fleet/change-each.ts';
import { argument, type Command, defineCommand, flag, toggle, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { duration, positiveDuration } from '../input/durations.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { renderArchivePlan } from './archive-plan-text.ts';
import { renderArchiveReport } from './archive-report-text.ts';
import { archiveStatus } from './archive-status.ts';
import { hintAtReclaim } from './reclaim-hint.ts';

export const command: Command = defineCommand({
  description:
    'Firn copies rows that are older than their hot time into archive files, verifies the files, and then deletes the rows from the database. ' +
    'Unfinished rows (open_while), held rows and rows that change during the run stay in the database. The row with the highest id also stays if SQLite would otherwise assign that id again. ' +
    'You can stop the command at any time and run it again.',
  arguments: {
    target: argument(
      '<target>',
      'all, a group or a table; the preset observability has the groups transcripts, assertions and messages',
      {
        completes: 'targets',
      },
    ),
  },
  options: {
    olderThan: value(
      '--older-than <DUR>',
      'use this age instead of the hot time: 7d, 2w, 3m, 1y, 12h; 0d archives everything',
      {
        parse: duration,
      },
    ),
    dryRun: flag('--dry-run', 'show what would be archived; change nothing'),
    json: flag('--json', 'print the result as JSON'),
    maxRuntime: value('--max-runtime <DUR>', 'stop cleanly after this time; the next run continues', {
      parse: positiveDuration,
    }),
    progress: toggle('--progress', 'show progress on stderr (default: only on a terminal)'),
    adopt: flag('--adopt', 'pair this database with an archive of another database'),
  },
  examples: [
    ['firn archive all --dry-run', 'preview only'],
    ['firn archive all', 'archive every table by its policy'],
    ['firn archive tool_uses --older-than 0d', 'archive all rows of one table'],
    ['firn archive transcripts --max-runtime 30min --quiet', 'limit a nightly run to half an hour'],
  ],
  async run(context, { target }, options) {
    const report = options.dryRun
      ? await tell(context, target, options)
      : await carryOut(context, target, options);
    for (const warning of report.warnings) context.warn(warning);
    return archiveStatus(report);
  },
  async many(context, fleet, args, options) {
    resolveTarget(fleet.settings.policies, args.target);
    return await changeEach(
      context,
      fleet,
      { ...options, command: `archive ${args.target}` },
      (one, maxRuntime) => command.run(one, args, { ...options, maxRuntime }),
    );
  },
});

interface Options {
  readonly olderThan: number | undefined;
  readonly json: boolean;
  readonly maxRuntime: number | undefined;
  readonly progress: boolean | undefined;
  readonly adopt: boolean;
}

async function tell(
  context: Context,
  target: string,
  { olderThan, json, adopt }: Options,
): Promise<ArchiveReport> {
  const plan = await planTarget(await context.stores(), target, { olderThanMs: olderThan ?? null, adopt });
  const report = dryRunReport(plan);
  if (json) {
    context.json(archiveReportJson(report));
  } else {
    context.print(
      renderArchivePlan(plan, context.style, { steps: context.flags.verbose, width: context.width }),
    );
    if (plan.total > 0) context.next(`firn archive ${target}`, 'to archive them');
  }
  return report;
}

async function carryOut(context: Context, target: string, options: Options): Promise<ArchiveReport> {
  const { io, style, width, flags } = context;
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : options.progress);
  const report = await archiveTarget(await context.stores(), target, {
    olderThanMs: options.olderThan ?? null,
    maxRuntimeMs: options.maxRuntime ?? null,
    adopt: options.adopt,
    reason: 'the command line',
    signal: io.signal,
    onProgress: showOn(progress),
  }).finally(() => progress.finish());
  if (options.json) {
    context.json(archiveReportJson(report));
  } else {
    context.print(renderArchiveReport(report, style, width));
    const unfinished = report.tables.some(({ status }) => status === 'partial');
    if (unfinished) context.next(`firn archive ${target}`, 'to continue where this run stopped');
    else context.next('firn retention status', 'to see the rows and files in each tier');
    await hintAtReclaim(context);
  }
  return report;
}
