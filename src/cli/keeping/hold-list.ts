import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { holdJson, renderHolds } from './holds.ts';

export const command: Command = defineCommand({
  options: { json: flag('--json', 'print the holds as JSON') },
  examples: [['firn hold list', 'show each hold with its date and reason']],
  async run(context, _, { json }) {
    await using opened = await context.read();
    const holds = await opened.reader.ledger.holds();
    if (json) context.json(holds.map(holdJson));
    else context.print(renderHolds(holds, context.style, context.width));
    return EXIT.done;
  },
});
