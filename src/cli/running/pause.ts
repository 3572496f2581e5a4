import { pauseJobs } from '../../library/work/runs/pause-jobs.ts';
import { describePause } from '../../operate/schedule/pause-state.ts';
import { runEach } from '../fleet/run-each.ts';
import { type Command, defineCommand, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';

export const command: Command = defineCommand({
  description:
    'A running job stops cleanly at its next batch. No job starts until the pause ends or you run firn resume. ' +
    'The next run continues the work. During a pause, firn status reports it, firn status --check fails, and jobs exit with code 3.',
  options: {
    reason: value('--reason <TEXT>', 'reason for the pause, shown by firn status'),
    for: value('--for <DUR>', 'resume automatically after this time: 30min, 2h, 1d', {
      parse: positiveDuration,
    }),
  },
  examples: [
    ['firn pause --for 2h --reason "moving the server"', 'pause for two hours'],
    ['firn pause', 'pause until firn resume'],
  ],
  async run(context, _, { reason, for: forMs }) {
    const wish = { reason: reason ?? null, forMs: forMs ?? null };
    const { pause, stops } = await pauseJobs(await context.stores(), wish);
    context.print(describePause(pause).replace(/^p/, 'P'));
    if (stops !== null) context.note(`${stops.command} (process ${stops.pid}) stops at its next batch.`);
    return EXIT.done;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { json: false, command: 'pause' }, (one) => command.run(one, args, options)),
});
