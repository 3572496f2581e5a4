import { requirePairable } from '../../lifecycle/begin/pairing.ts';
import { planCleanupRun, runCleanup } from '../../lifecycle/cleanup/cleanup.ts';
import { type CleanupReport, dryCleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import { cleanupFacts } from '../../operate/jobs/cleanup-facts.ts';
import { recordCommand } from '../../operate/jobs/record-command.ts';
import { type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { askOnTerminal } from '../input/consent.ts';
import { duration } from '../input/durations.ts';
import { cleanupStepsJson, renderCleanupPlan } from './cleanup-plan-text.ts';
import { cleanupReportJson, renderCleanupReport } from './cleanup-report-text.ts';
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
});

interface Options {
  readonly olderThan: number | undefined;
  readonly consolidateOnly: boolean;
  readonly purgeOnly: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly adopt: boolean;
}

function only({ consolidateOnly, purgeOnly }: Options): 'consolidate' | 'purge' | null {
  if (consolidateOnly) return 'consolidate';
  return purgeOnly ? 'purge' : null;
}

async function tell(context: Context, options: Options): Promise<CleanupReport> {
  await using opened = await context.read();
  const { reader, archive, clock, policies } = opened;
  if (!options.adopt) await requirePairable(reader.ledger, archive);
  const plan = await planCleanupRun(reader.ledger, archive, clock, policies, {
    olderThanMs: options.olderThan ?? null,
    only: only(options),
  });
  const report = dryCleanupReport(plan);
  if (options.json) {
    context.json({ ...cleanupReportJson(report), steps: cleanupStepsJson(plan) });
  } else {
    const { style, width, flags } = context;
    context.print(renderCleanupPlan(plan, style, { steps: flags.verbose, width }));
  }
  return report;
}

async function carryOut(context: Context, options: Options): Promise<CleanupReport> {
  await using opened = await context.write('cleanup archives');
  const { policies } = opened;
  const consent = options.yes ? async (): Promise<boolean> => true : askOnTerminal(context);
  const whole = options.olderThan === undefined && only(options) === null;
  const { result: report } = await recordCommand(await context.stores(), opened, {
    purpose: {
      command: 'cleanup archives',
      jobs: whole ? ['monthly'] : [],
      reason: 'the command line',
    },
    limits: { signal: context.io.signal },
    run: ({ check: stop }) =>
      runCleanup(opened, policies, {
        olderThanMs: options.olderThan ?? null,
        only: only(options),
        adopt: options.adopt,
        stop,
        ...(consent === null ? {} : { consent }),
      }),
    facts: cleanupFacts,
  });
  if (options.json) context.json(cleanupReportJson(report));
  else context.print(renderCleanupReport(report, context.style));
  return report;
}
