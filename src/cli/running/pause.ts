import type { PauseState } from '../../hot/run-log.ts';
import { describePause } from '../../operate/schedule/pause-state.ts';
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
    const stores = await context.stores();
    const now = context.io.clock.now();
    const pause: PauseState = {
      since: new Date(now).toISOString(),
      until: forMs === undefined ? null : new Date(now + forMs).toISOString(),
      reason: reason ?? null,
    };
    await using log = await stores.openRunLog();
    await log.setPause(pause);
    context.print(describePause(pause).replace(/^p/, 'P'));
    const { lock } = await stores.holders();
    if (lock !== null) context.note(`${lock.command} (process ${lock.pid}) stops at its next batch.`);
    return EXIT.done;
  },
});
