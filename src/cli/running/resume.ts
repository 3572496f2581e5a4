import { resumeJobs } from '../../library/work/runs/pause-jobs.ts';
import { describePause } from '../../operate/schedule/pause-state.ts';
import { runEach } from '../fleet/run-each.ts';
import { type Command, defineCommand } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';

export const command: Command = defineCommand({
  description: 'Ends a pause. firn run starts the overdue jobs within 15 seconds.',
  examples: [['firn resume', 'end the pause']],
  async run(context) {
    const active = await resumeJobs(await context.stores());
    context.print(
      active === null ? 'The jobs were not paused.' : `Resumed; it was ${describePause(active)}.`,
    );
    return EXIT.done;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { json: false, command: 'resume' }, (one) => command.run(one, args, options)),
});
