import { scheduledGrace } from '../../lifecycle/report/status-overdue.ts';
import { needsAttention, retentionStatus } from '../../lifecycle/report/tier-report.ts';
import { firstRunAt } from '../../operate/schedule/job-state.ts';
import { activePause, describePause } from '../../operate/schedule/pause-state.ts';
import { openRunLogReader } from '../../stores/open-run-log.ts';
import { openStats } from '../../stores/open-stats.ts';
import { timeTables } from '../../stores/time-tables.ts';
import { type Command, defineCommand, flag } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { renderRetentionStatus, retentionStatusJson } from '../render/retention-status.ts';

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
    const config = await context.config();
    await using opened = await context.read();
    await using stats = await openStats(config);
    await using runs = await openRunLogReader(config);
    const { reader, archive, clock, policies } = opened;
    const status = await retentionStatus(
      { reader, stats, archive, clock, policies, hasTime: timeTables(config, reader, clock) },
      scheduledGrace(config.weeklyTables, firstRunAt(await runs.runs(), clock.now())),
    );
    if (json) context.json(retentionStatusJson(status));
    else context.print(renderRetentionStatus(status, config.archives, context.style, context.width));
    const pause = activePause(await runs.pause(), clock.now());
    if (pause !== null) context.warn(`Firn is ${describePause(pause)}`);
    return check && (pause !== null || needsAttention(status)) ? EXIT.failed : EXIT.done;
  },
});
