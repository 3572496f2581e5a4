import type { PauseState } from '../../hot/run-log.ts';
import { describePause } from '../../operate/schedule/pause-state.ts';
import { holdersOf, openRunLog } from '../../stores/open-run-log.ts';
import { type Command, defineCommand, value } from '../command.ts';
import { positiveDuration } from '../durations.ts';
import { EXIT } from '../exit-status.ts';

export const command: Command = defineCommand({
  description:
    'A job that runs stops cleanly at its next batch, and no job starts until the time is over or firn resume is run. ' +
    'What is left is done by the next run. While it lasts, status and its --check say so, and jobs exit 3.',
  options: {
    reason: value('--reason <TEXT>', 'why, for whoever looks at the status'),
    for: value('--for <DUR>', 'resume by itself after this time: 30min, 2h, 1d', { parse: positiveDuration }),
  },
  examples: [
    ['firn pause --for 2h --reason "moving the server"', 'no job for two hours'],
    ['firn pause', 'no job until firn resume'],
  ],
  async run(context, _, { reason, for: forMs }) {
    const config = await context.config();
    const now = context.io.clock.now();
    const pause: PauseState = {
      since: new Date(now).toISOString(),
      until: forMs === undefined ? null : new Date(now + forMs).toISOString(),
      reason: reason ?? null,
    };
    await using log = await openRunLog(config);
    await log.setPause(pause);
    context.print(describePause(pause).replace(/^p/, 'P'));
    const { lock } = await holdersOf(config);
    if (lock !== null) context.note(`${lock.command} (process ${lock.pid}) stops at its next batch.`);
    return EXIT.done;
  },
});
