import { holdJson } from '../../library/answers/keeping/hold-answer.ts';
import { listHolds } from '../../library/work/rows/hold-rows.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderHolds } from './holds.ts';

export const command: Command = defineCommand({
  options: { json: flag('--json', 'print the holds as JSON') },
  examples: [['firn hold list', 'show each hold with its date and reason']],
  async run(context, _, { json }) {
    const holds = await listHolds(await context.stores());
    if (json) context.json(holds.map(holdJson));
    else context.print(renderHolds(holds, context.style, context.width));
    return EXIT.done;
  },
});
