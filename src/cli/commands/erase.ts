import { resolveTables } from '../../lookup/places/known-tables.ts';
import type { Query } from '../../lookup/read/query.ts';
import { FirnError } from '../../model/errors.ts';
import { type ErasePlan, eraseRows, planErase } from '../../operate/jobs/erase-rows.ts';
import { openRowRun } from '../../stores/open-rows.ts';
import { openSearching } from '../../stores/open-search.ts';
import { type Command, defineCommand, flag, value } from '../command.ts';
import { askOnTerminal } from '../consent.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { ROW_OPTIONS, type RowOptions, rowQuery } from '../filter-options.ts';
import { eraseJson, renderErasePlan, renderEraseReport } from '../render/erase.ts';

export const command: Command = defineCommand({
  description:
    'Removes matching rows for ever: from the database, and from the archives, whose files are rewritten without them. Held rows ' +
    'are refused. What is erased is not restored from copies that turn up later. Backups, files in quarantine and free pages of ' +
    'a database made before are not reached.',
  options: {
    table: value('--table <TARGET>', 'the table or group (or all)', { completes: 'targets' }),
    ...ROW_OPTIONS,
    dryRun: flag('--dry-run', 'say what would be erased where, and change nothing'),
    yes: flag('--yes', 'do not ask'),
    json: flag('--json', 'print the result as JSON'),
  },
  examples: [
    ['firn erase --table all --where task_id=T-042 --dry-run', 'what there is of one task, and where'],
    ['firn erase --table message_bus_log --where correlation_id=c-17 --yes', 'and away with it'],
  ],
  async run(context, _, options) {
    const { table, where } = options;
    if (table === undefined || where.length === 0) {
      throw new FirnError('usage', 'an erasure needs --table and at least one --where', {
        operation: 'erase rows',
        hint: 'See: firn erase --help',
      });
    }
    const { query, plan } = await look(context, table, options);
    if (options.dryRun || !hasRows(plan)) {
      if (options.json) context.json(eraseJson(plan, null));
      else context.print(renderErasePlan(plan, context.style, context.width));
      return conclude(context, plan);
    }
    await agree(context, plan, options.yes);
    await using opened = await context.write('erase');
    await using run = openRowRun(opened);
    const report = await eraseRows(run, query);
    if (options.json) context.json(eraseJson(report.plan, report));
    else context.print(renderEraseReport(report, context.style));
    for (const note of report.notes) context.warn(note);
    for (const { segment, why } of report.left) context.warn(`${segment} still holds such rows: ${why}`);
    return Math.max(conclude(context, report.plan), report.left.length > 0 ? EXIT.integrity : EXIT.done);
  },
});

async function look(
  context: Context,
  target: string,
  options: RowOptions,
): Promise<{ readonly query: Query; readonly plan: ErasePlan }> {
  const wanted = rowQuery(options, context.io.clock.now());
  await using places = await openSearching(await context.config());
  const query = { ...wanted, tables: await resolveTables(places, [target]) };
  return { query, plan: await planErase(places, query) };
}

async function agree(context: Context, plan: ErasePlan, yes: boolean): Promise<void> {
  if (yes) return;
  const ask = askOnTerminal(context);
  if (ask !== null) context.say((style) => renderErasePlan(plan, style, context.width));
  if (ask !== null && (await ask('This cannot be undone'))) return;
  throw new FirnError('refused', ask === null ? 'nobody is here to be asked' : 'you said no', {
    operation: 'erase rows',
    hint: 'Nothing was erased. Look with --dry-run, and say --yes to do it.',
  });
}

function hasRows({ hot, segments }: ErasePlan): boolean {
  return hot.length > 0 || segments.length > 0;
}

function conclude(context: Context, { query, problems, unread, quarantined }: ErasePlan): number {
  for (const { path, why, rows } of problems) {
    // Where only a filter is damaged, every row was read.
    context.warn(`${path}: ${why}${rows === 0 ? '' : '; whether it holds such rows is unknown'}`);
  }
  for (const { table, why } of unread)
    context.warn(`${table}: database rows not read, and not erased: ${why}`);
  if (quarantined > 0) context.warn(`${quarantined} files in quarantine were not looked into`);
  if (problems.length > 0) return EXIT.integrity;
  if (unread.length === 0) return EXIT.done;
  return unread.length < query.tables.length ? EXIT.partly : EXIT.failed;
}
