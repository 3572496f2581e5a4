import { explainRow } from '../../lookup/explain.ts';
import { FirnError } from '../../model/errors.ts';
import { resolveTarget } from '../../model/policies.ts';
import { openSearching } from '../../open-search.ts';
import { argument, type Command, defineCommand, flag } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { explanationJson, renderExplanation } from '../render/explanation.ts';

export const command: Command = defineCommand({
  description:
    'Where one row is, since when, under which rule, when it moves next, and what keeps it. For a key of several columns ' +
    'give their values in key order. Status 1 when the row is nowhere.',
  arguments: {
    table: argument('<table>', 'its table', { completes: 'tables' }),
    id: argument('<id>', 'its primary key'),
    more: argument('[more...]', 'further values of a key of several columns'),
  },
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [['firn explain tool_uses 0b9f…', 'where one tool use is, and how long it stays']],
  async run(context, { table, id, more }, { json }) {
    const config = await context.config();
    const [name, ...others] = resolveTarget(config.policies, table);
    if (name === undefined || others.length > 0) {
      throw new FirnError('usage', `${table} is a group; a row is in one table`, {
        operation: 'explain the row',
        path: table,
      });
    }
    await using places = await openSearching(config);
    const now = context.io.clock.now() * 1000;
    const found = await explainRow(places, name, [id, ...(more ?? [])], now);
    if (json) context.json(explanationJson(found));
    else context.print(renderExplanation(found, [id, ...(more ?? [])], now, context.style));
    for (const { path, why } of found.problems) context.warn(`${path}: ${why}; the row may be in it`);
    if (found.problems.length > 0) return EXIT.integrity;
    return found.places.length > 0 ? EXIT.done : EXIT.failed;
  },
});
