import { activePause, describePause } from '../../operate/schedule/pause-state.ts';
import { type Command, defineCommand } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';

export const command: Command = defineCommand({
  description: 'Ends a pause. firn run starts the overdue jobs within 15 seconds.',
  examples: [['firn resume', 'end the pause']],
  async run(context) {
    await using log = await (await context.stores()).openRunLog();
    const pause = await log.pause();
    if (pause !== null) await log.setPause(null);
    const active = activePause(pause, context.io.clock.now());
    context.print(
      active === null ? 'The jobs were not paused.' : `Resumed; it was ${describePause(active)}.`,
    );
    return EXIT.done;
  },
});
