import { holdJson } from '../../library/answers/keeping/hold-answer.ts';
import { countHeld } from '../../library/work/rows/held-rows.ts';
import { listHolds } from '../../library/work/rows/hold-rows.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderHolds } from './holds.ts';

export const command: Command = defineCommand({
  description:
    'Shows each hold with its date and reason. --count also counts the rows that it keeps, in all tiers; it reads the archive files that ' +
    'may hold such rows. The exit code is 3 if some could not be read: then the count is a lower bound.',
  options: {
    count: flag('--count', 'count the held rows in each tier'),
    json: flag('--json', 'print the holds as JSON'),
  },
  examples: [
    ['firn hold list', 'show each hold with its date and reason'],
    ['firn hold list --count', 'also show how many rows each hold keeps'],
  ],
  async run(context, _, { count, json }) {
    const stores = await context.stores();
    const holds = await listHolds(stores);
    const rows = count ? await countHeld(stores, holds, context.io.signal) : null;
    if (json) context.json(holds.map((hold) => holdJson(hold, rows?.get(hold.id) ?? null)));
    else context.print(renderHolds(holds, rows, context.style, context.width));
    const counted = [...(rows?.values() ?? [])];
    for (const { problems } of counted) for (const problem of problems) context.warn(problem);
    return counted.every(({ exact }) => exact) ? EXIT.done : EXIT.partly;
  },
});
