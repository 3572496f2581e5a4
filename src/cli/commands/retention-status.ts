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
    'Nothing changes by it. Large tables are counted through their indexes; what is estimated is marked with ~. ' +
    'A row is overdue when the next run of the schedule (daily, weekly, monthly) should long have moved it.',
  options: {
    check: flag('--check', 'exit 1 when something is overdue or wrong, or Firn is paused'),
    json: flag('--json', 'print the status as JSON'),
  },
  examples: [
    ['firn retention status', 'what is where'],
    ['firn retention status --check --quiet > /dev/null || alert', 'for a monitor'],
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
