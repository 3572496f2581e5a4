import { removeHold } from '../../lifecycle/archived/place-hold.ts';
import { FirnError } from '../../model/errors.ts';
import { argument, type Command, defineCommand, type Parse } from '../command.ts';
import { EXIT } from '../exit-status.ts';

const holdNumber: Parse<number> = (word, name) => {
  if (/^[1-9][0-9]{0,14}$/.test(word)) return Number(word);
  throw new FirnError('usage', `${JSON.stringify(word)} is not the number of a hold`, {
    operation: `read ${name}`,
    hint: 'See the numbers with: firn hold list',
  });
};

export const command: Command = defineCommand({
  description: 'Rows that were held move on with the next run, as their policy says.',
  arguments: { id: argument<number>('<id>', 'its number, as `firn hold list` says', { parse: holdNumber }) },
  examples: [['firn hold remove 3', 'release the third hold']],
  async run(context, { id }) {
    await using opened = await context.write('hold remove');
    await removeHold(opened.store.ledger, id);
    context.print(`Hold ${id} is released.`);
    return EXIT.done;
  },
});
