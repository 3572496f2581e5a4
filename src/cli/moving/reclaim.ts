import { reclaimJson } from '../../library/answers/moving/reclaim-answer.ts';
import { planShrinking, shrinkFile } from '../../library/work/runs/shrink-file.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderReclaimPlan, renderReclaimReport } from './reclaim-text.ts';

export const command: Command = defineCommand({
  description:
    'Deleted rows leave free pages in the database file. SQLite uses these pages for new rows, so you usually do not need this command. No row is ' +
    'changed. A database with auto_vacuum = incremental shrinks in short steps while other processes write. Any other database shrinks only with --full, and writers wait during that time.',
  options: {
    full: flag('--full', 'rebuild the whole file (VACUUM); the free disk space is checked first'),
    dryRun: flag('--dry-run', 'show how much the file could shrink; change nothing'),
    json: flag('--json', 'print the result as JSON'),
  },
  examples: [
    ['firn reclaim --dry-run', 'show how much space can be freed, and how'],
    ['firn reclaim', 'shrink in short steps, if the database allows it'],
    ['firn reclaim --full', 'rebuild the whole file while writers wait'],
  ],
  async run(context, _, options) {
    if (!options.dryRun) return await carryOut(context, options);
    await tell(context, options);
    return EXIT.done;
  },
});

interface Options {
  readonly full: boolean;
  readonly json: boolean;
}

async function tell(context: Context, { full, json }: Options): Promise<void> {
  const plan = await planShrinking(await context.stores(), full);
  if (json) context.json(reclaimJson(plan, null));
  else context.print(renderReclaimPlan(plan, true, context.style));
}

async function carryOut(context: Context, { full, json }: Options): Promise<number> {
  const report = await shrinkFile(await context.stores(), {
    full,
    signal: context.io.signal,
    onPlan: (plan) => {
      if (!json) context.print(renderReclaimPlan(plan, false, context.style));
    },
  });
  if (json) context.json(reclaimJson(report.plan, report));
  else context.print(renderReclaimReport(report));
  return report.stopped === null ? EXIT.done : EXIT.partly;
}
