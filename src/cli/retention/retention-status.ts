import { retentionStatusJson } from '../../library/answers/retention/retention-status-answer.ts';
import { lookAtTiers } from '../../library/work/runs/look-at-retention.ts';
import { needsAttention } from '../../lifecycle/report/tier-report.ts';
import { activePause, describePause } from '../../operate/schedule/pause-state.ts';
import { runEach } from '../fleet/run-each.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderRetentionStatus } from './retention-status-text.ts';

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
    const { clock } = stores;
    const status = await lookAtTiers(stores);
    if (json) context.json(retentionStatusJson(status));
    else context.print(renderRetentionStatus(status, context.style, context.width));
    await using log = await stores.openRunLogReader();
    const pause = activePause(await log.pause(), clock.now());
    if (pause !== null) context.warn(`Firn is ${describePause(pause)}`);
    return check && (pause !== null || needsAttention(status)) ? EXIT.failed : EXIT.done;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { ...options, command: 'retention status' }, (one) =>
      command.run(one, args, options),
    ),
});
