import { eraseJson } from '../../library/answers/keeping/erase-answer.ts';
import { carryOutErasure, hasRows, planErasure } from '../../library/work/rows/erase-matching.ts';
import { FirnError } from '../../model/errors.ts';
import type { ErasePlan } from '../../operate/jobs/erase-plan.ts';
import { type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { askOnTerminal } from '../input/consent.ts';
import { ROW_OPTIONS, rowQuery } from '../input/filter-options.ts';
import { orphansInWords, renderErasePlan, renderEraseReport } from './erase-text.ts';

export const command: Command = defineCommand({
  description:
    'Firn deletes matching rows permanently from the database and from the archives. It rewrites the archive files without them. It refuses ' +
    'to erase held rows. With --with-children, it also deletes the rows of tables that the policies declare as children (with, by), at any distance. If an older copy of the database or of an archive file is put back later, the next run erases the rows again. Firn does not erase rows in backups, in files in quarantine, or in space of ' +
    'the database that was freed earlier (free pages, and unused parts of pages).',
  options: {
    table: value('--table <TARGET>', 'a table, a group, or all', { completes: 'targets' }),
    ...ROW_OPTIONS,
    withChildren: flag('--with-children', 'also erase the rows that belong to these rows (units)'),
    dryRun: flag('--dry-run', 'show what would be erased; change nothing'),
    yes: flag('--yes', 'do not ask for confirmation'),
    json: flag('--json', 'print the result as JSON'),
  },
  examples: [
    ['firn erase --table all --where task_id=T-042 --dry-run', 'show the rows of one task in each tier'],
    [
      'firn erase --table session --where id=s-7 --with-children',
      'erase a session with its messages and their parts',
    ],
    ['firn erase --table message_bus_log --where correlation_id=c-17 --yes', 'erase without asking'],
  ],
  async run(context, _, options) {
    const { table, where } = options;
    if (table === undefined || where.length === 0) {
      throw new FirnError('usage', '--table and at least one --where are required', {
        operation: 'erase rows',
        hint: 'See: firn erase --help',
      });
    }
    const work = { withChildren: options.withChildren, signal: context.io.signal };
    const query = rowQuery(options, context.io.clock.now());
    const plan = await planErasure(await context.stores(), table, query, work);
    if (options.dryRun || !hasRows(plan)) {
      if (options.json) context.json(eraseJson(plan, null));
      else context.print(renderErasePlan(plan, context.style, context.width));
      return conclude(context, plan);
    }
    await agree(context, plan, options.yes);
    const report = await carryOutErasure(await context.stores(), plan, work);
    if (options.json) context.json(eraseJson(report.plan, report));
    else context.print(renderEraseReport(report, context.style));
    for (const orphans of report.plan.orphans) context.warn(orphansInWords(orphans));
    for (const note of report.notes) context.warn(note);
    for (const { segment, why } of report.left)
      context.warn(`${segment} still contains matching rows: ${why}`);
    return Math.max(
      conclude(context, report.plan),
      report.left.length > 0 ? EXIT.integrity : EXIT.done,
      report.stopped === null ? EXIT.done : EXIT.partly,
    );
  },
});

async function agree(context: Context, plan: ErasePlan, yes: boolean): Promise<void> {
  if (yes) return;
  const ask = askOnTerminal(context);
  if (ask !== null) context.say((style) => renderErasePlan(plan, style, context.width));
  if (ask !== null && (await ask('This cannot be undone'))) return;
  throw new FirnError(
    'refused',
    ask === null ? 'confirmation is needed, and stdin is not a terminal' : 'you did not confirm',
    {
      operation: 'erase rows',
      hint: 'Nothing was erased. Preview with --dry-run. Pass --yes to erase without confirmation.',
    },
  );
}

function conclude(context: Context, { query, problems, unread, quarantined }: ErasePlan): number {
  for (const { path, why, rows } of problems) {
    // Where only a filter is damaged, every row was read.
    context.warn(`${path}: ${why}${rows === 0 ? '' : '; it may contain matching rows'}`);
  }
  for (const { table, why } of unread)
    context.warn(`${table}: database rows could not be read and were not erased: ${why}`);
  if (quarantined > 0) context.warn(`${quarantined} files in quarantine were not searched`);
  if (problems.length > 0) return EXIT.integrity;
  if (unread.length === 0) return EXIT.done;
  return unread.length < query.tables.length ? EXIT.partly : EXIT.failed;
}
