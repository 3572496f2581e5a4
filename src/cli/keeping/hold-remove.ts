import { releaseHold } from '../../library/work/rows/hold-rows.ts';
import { FirnError } from '../../model/errors.ts';
import { argument, type Command, defineCommand, type Parse } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';

const holdNumber: Parse<number> = (word, name) => {
  if (/^[1-9][0-9]{0,14}$/.test(word)) return Number(word);
  throw new FirnError('usage', `${JSON.stringify(word)} is not a hold number`, {
    operation: `read ${name}`,
    hint: 'List the holds with: firn hold list',
  });
};

export const command: Command = defineCommand({
  description: 'The next runs archive and purge the rows according to their policy.',
  arguments: {
    id: argument<number>('<id>', 'number of the hold, from firn hold list', { parse: holdNumber }),
  },
  examples: [['firn hold remove 3', 'remove hold 3']],
  async run(context, { id }) {
    await releaseHold(await context.stores(), id);
    context.print(`Hold ${id} removed.`);
    return EXIT.done;
  },
});
