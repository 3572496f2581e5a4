import { resolveTables } from '../../lookup/places/known-tables.ts';
import { explainRow } from '../../lookup/search/explain-row.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';
import { argument, type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { answerStatus } from './answer-status.ts';
import { explanationJson, renderExplanation } from './explanation.ts';

export const command: Command = defineCommand({
  description:
    'Shows the tier and file of one row, the policy that applies, when the row moves next, and what keeps it. For a primary key of several columns, ' +
    'give the values in key order. The exit code is 1 if the row is not found.',
  arguments: {
    table: argument('<table>', 'table of the row', { completes: 'tables' }),
    id: argument('<id>', 'primary key of the row'),
    more: argument('[more...]', 'further values of a primary key of several columns'),
  },
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [['firn explain tool_uses 0b9f…', 'show where one row is and how long it stays']],
  async run(context, { table, id, more }, { json }) {
    await using places = await (await context.stores()).openSearching();
    const [name, ...others] = await resolveTables(places, [table], { exempt: true });
    if (name === undefined || others.length > 0) {
      throw new FirnError('usage', `${table} is a group, not a table. Pass the table of the row.`, {
        operation: 'explain the row',
        path: table,
      });
    }
    const now = instantOfMs(context.io.clock.now());
    const found = await explainRow(places, name, [id, ...(more ?? [])], now);
    if (json) context.json(explanationJson(found));
    else context.print(renderExplanation(found, [id, ...(more ?? [])], now, context.style));
    const status = answerStatus(context, found, 1);
    if (status !== EXIT.done) return status;
    return found.places.length > 0 ? EXIT.done : EXIT.failed;
  },
});
