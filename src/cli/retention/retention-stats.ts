import { retentionStatsJson } from '../../library/answers/retention/retention-stats-answer.ts';
import { lookAtRates } from '../../library/work/runs/look-at-retention.ts';
import { runEach } from '../fleet/run-each.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderRetentionStats } from './retention-stats-text.ts';

export const command: Command = defineCommand({
  description:
    'Counts rows in all tiers by the day of their timestamp. Estimates sizes from the archived rows. ' +
    'The forecast assumes that new rows arrive as in the last 30 days and that every row moves on time.',
  options: { json: flag('--json', 'print the statistics as JSON') },
  examples: [
    ['firn retention stats', 'show ingest rate and forecast'],
    ["firn retention stats --json | jq '.tables[].mean_rows_per_day'", 'print the ingest rate of each table'],
  ],
  async run(context, _, { json }) {
    const found = await lookAtRates(await context.stores());
    if (json) context.json(retentionStatsJson(found));
    else context.print(renderRetentionStats(found, context.style, context.width));
    if (found.unreadable.length === 0) return EXIT.done;
    return found.tables.length > 0 ? EXIT.partly : EXIT.failed;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { ...options, command: 'retention stats' }, (one) =>
      command.run(one, args, options),
    ),
});
