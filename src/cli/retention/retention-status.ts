import { scheduledGrace } from '../../lifecycle/report/status-overdue.ts';
import { needsAttention, retentionStatus } from '../../lifecycle/report/tier-report.ts';
import { firstRunAt } from '../../operate/schedule/job-state.ts';
import { activePause, describePause } from '../../operate/schedule/pause-state.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderRetentionStatus, retentionStatusJson } from './retention-status-text.ts';

export const command: Command = defineCommand({
  description:
    'Changes nothing. Counts large tables through their indexes. Estimates are marked with ~. ' +
    'A row is overdue if the scheduled jobs (daily, weekly, monthly) should have moved it already.',
  options: {
    check: flag('--check', 'exit with code 1 if something is overdue or wrong, or Firn is paused'),
    json: flag('--json', 'print the status as JSON'),
  },
  examples: [
    ['firn retention status', 'show the rows and files in each tier'],
    ['firn retention status --check --quiet > /dev/null || alert', 'use it in a monitoring script'],
  ],
  async run(context, _, { check, json }) {
    const stores = await context.stores();
    const { config } = stores;
    await using opened = await stores.openReading();
    await using stats = await stores.openStats();
    await using runs = await stores.openRunLogReader();
    const { reader, archive, clock, policies } = opened;
    const status = await retentionStatus(
      { reader, stats, archive, clock, policies, hasTime: (table) => stores.hasTimeColumn(reader, table) },
      scheduledGrace(config.weeklyTables, firstRunAt(await runs.runs(), clock.now())),
    );
    if (json) context.json(retentionStatusJson(status));
    else context.print(renderRetentionStatus(status, config.archives.text, context.style, context.width));
    const pause = activePause(await runs.pause(), clock.now());
    if (pause !== null) context.warn(`Firn is ${describePause(pause)}`);
    return check && (pause !== null || needsAttention(status)) ? EXIT.failed : EXIT.done;
  },
});
