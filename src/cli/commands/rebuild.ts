import { rebuildLedger } from '../../lifecycle/begin/rebuild-ledger.ts';
import { type Command, defineCommand, flag } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { formatCount, plural } from '../render/quantity.ts';

export const command: Command = defineCommand({
  description:
    'For a database that was lost, replaced or restored: takes the archive as this database’s own and adopts every sealed segment that its ledger does not know. ' +
    'Rows that stand in the database as well, unchanged, leave it. What only the old ledger knew (run history, holds) is not in the files.',
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [
    ['firn rebuild', 'after the database was lost or restored'],
    ['firn rebuild --db-path new.db --archive-path archives', 'a new database takes over an archive'],
  ],
  async run(context, _, { json }) {
    await using opened = await context.write('rebuild');
    const report = await rebuildLedger(opened);
    const alarms = report.steps.filter(({ action }) => action === 'alarm');
    const blocked = report.steps.filter(({ action }) => action === 'blocked');
    if (json) {
      const { command, asOf, ...rest } = report;
      context.json({ command, as_of: asOf, ...rest });
    } else {
      for (const { action, subject, reason } of report.steps)
        context.print(`  ${action} ${subject}: ${reason}`);
      const rest = alarms.length + blocked.length;
      const title = rest === 0 ? 'Rebuilt:' : `Rebuilt, but not all of it (${plural(rest, 'problem')}):`;
      context.print(
        `${context.style.heading(title)} ${plural(report.after, 'receipt')} (${formatCount(report.before)} before), ${plural(report.rows, 'archived row')}`,
      );
      context.next('firn verify --deep', 'to verify what they say');
    }
    for (const note of report.notes) context.warn(note);
    if (alarms.length > 0) return EXIT.integrity;
    return blocked.length > 0 ? EXIT.partly : EXIT.done;
  },
});
