import { rebuildJson } from '../../library/answers/keeping/rebuild-answer.ts';
import { rebuildLedger } from '../../lifecycle/begin/rebuild-ledger.ts';
import { stopOn } from '../../model/stop.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { formatCount, plural } from '../terminal/quantity.ts';

export const command: Command = defineCommand({
  description:
    'Use it after a database was lost, replaced or restored. Pairs the archive with this database and adds every archive file that the ledger does not list. ' +
    'Deletes rows from the database that are archived with the same content. The files do not contain run history and holds, so these are not rebuilt.',
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [
    ['firn rebuild', 'rebuild after the database was restored'],
    ['firn rebuild --db-path new.db --archive-path archives', 'pair a new database with an existing archive'],
  ],
  async run(context, _, { json }) {
    await using opened = await context.write('rebuild');
    const report = await rebuildLedger(opened, { stop: stopOn(context.io.signal) });
    const alarms = report.steps.filter(({ action }) => action === 'alarm');
    const blocked = report.steps.filter(({ action }) => action === 'blocked');
    if (json) {
      context.json(rebuildJson(report));
    } else {
      for (const { action, subject, reason } of report.steps)
        context.print(`  ${action} ${subject}: ${reason}`);
      const rest = alarms.length + blocked.length;
      const title =
        rest > 0
          ? `Partly rebuilt (${plural(rest, 'problem')}):`
          : report.stopped === null
            ? 'Rebuilt:'
            : 'Partly rebuilt:';
      context.print(
        `${context.style.heading(title)} ${plural(report.after, 'ledger entry', 'ledger entries')} (${formatCount(report.before)} before), ${plural(report.rows, 'archived row')}`,
      );
      if (report.stopped === null) context.next('firn verify --deep', 'to verify the archive files');
      else context.print(`Stopped: ${report.stopped}. Run the command again to continue.`);
    }
    for (const note of report.notes) context.warn(note);
    if (alarms.length > 0) return EXIT.integrity;
    return blocked.length > 0 || report.stopped !== null ? EXIT.partly : EXIT.done;
  },
});
