import { cleanupPlanJson, cleanupReportJson } from '../../library/answers/moving/cleanup-answer.ts';
import { type CleanupWish, cleanUp, planCleanUp } from '../../library/work/runs/clean-up.ts';
import { type CleanupReport, dryCleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import { changeEach } from '../fleet/change-each.ts';
import { type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { askOnTerminal } from '../input/consent.ts';
import { duration } from '../input/durations.ts';
import { renderCleanupPlan } from './cleanup-plan-text.ts';
import { renderCleanupReport } from './cleanup-report-text.ts';
import { cleanupStatus } from './cleanup-status.ts';

export const command: Command = defineCommand({
  description:
    'Firn moves warm files that are older than the hot and warm time of their table into the bundle of their month. It deletes (purges) archived rows that are older than the hot, warm and cold ' +
    'time together, from warm and cold. It verifies a new bundle before it removes the warm files. It never purges held rows or tables without a ' +
    'policy. You can stop the command at any time and run it again.',
  options: {
    olderThan: value(
      '--older-than <DUR>',
      'move warm files older than this to cold, instead of using the policy; does not affect purging',
      { parse: duration },
    ),
    consolidateOnly: flag('--consolidate-only', 'move warm files into bundles; purge nothing', {
      conflicts: ['purgeOnly'],
    }),
    purgeOnly: flag('--purge-only', 'purge expired rows; move nothing', {
      conflicts: ['consolidateOnly'],
    }),
    yes: flag('--yes', 'allow a purge of more than half of all archived rows'),
    dryRun: flag('--dry-run', 'show what would be moved and purged; change nothing'),
    json: flag('--json', 'print the result as JSON'),
    adopt: flag('--adopt', 'pair this database with an archive of another database'),
  },
  examples: [
    ['firn cleanup archives --dry-run', 'preview only'],
    ['firn cleanup archives', 'move and purge by the policies'],
    ['firn cleanup archives --consolidate-only --older-than 30d', 'move warm files early, purge nothing'],
  ],
  async run(context, _, options) {
    const report = options.dryRun ? await tell(context, options) : await carryOut(context, options);
    for (const warning of report.warnings) context.warn(warning);
    for (const { path, message } of report.problems) context.warn(`${path}: ${message}`);
    for (const { action, subject, reason } of report.reconciled) {
      if (action === 'alarm' || action === 'blocked') context.warn(`${subject}: ${reason}`);
    }
    return cleanupStatus(report);
  },
  many: (context, fleet, args, options) =>
    changeEach(context, fleet, { ...options, command: 'cleanup archives' }, (one) =>
      command.run(one, args, options),
    ),
});

interface Options {
  readonly olderThan: number | undefined;
  readonly consolidateOnly: boolean;
  readonly purgeOnly: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly adopt: boolean;
}

function only({
  consolidateOnly,
  purgeOnly,
}: Pick<Options, 'consolidateOnly' | 'purgeOnly'>): 'consolidate' | 'purge' | null {
  if (consolidateOnly) return 'consolidate';
  return purgeOnly ? 'purge' : null;
}

function wishOf({ olderThan, adopt, ...options }: Options): CleanupWish {
  return { olderThanMs: olderThan ?? null, only: only(options), adopt };
}

async function tell(context: Context, options: Options): Promise<CleanupReport> {
  const plan = await planCleanUp(await context.stores(), wishOf(options));
  const report = dryCleanupReport(plan);
  if (options.json) {
    context.json(cleanupPlanJson(report, plan));
  } else {
    const { style, width, flags } = context;
    context.print(renderCleanupPlan(plan, style, { steps: flags.verbose, width }));
  }
  return report;
}

async function carryOut(context: Context, options: Options): Promise<CleanupReport> {
  const report = await cleanUp(await context.stores(), {
    ...wishOf(options),
    consent: options.yes ? async () => true : askOnTerminal(context),
    reason: 'the command line',
    signal: context.io.signal,
  });
  if (options.json) context.json(cleanupReportJson(report));
  else context.print(renderCleanupReport(report, context.style));
  return report;
}
