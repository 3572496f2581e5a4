import { resolveTables } from '../../lookup/places/known-tables.ts';
import { timeline } from '../../lookup/search/entity-timeline.ts';
import { parseCondition } from '../../model/filter.ts';
import { openSearching } from '../../stores/open-search.ts';
import { answerStatus } from '../answer-status.ts';
import { argument, type Command, defineCommand, flag, value } from '../command.ts';
import { wholeNumber } from '../filter-options.ts';
import { renderTimeline, timelineJson } from '../render/timeline.ts';

const DEFAULT_LIMIT = 10_000;

export const command: Command = defineCommand({
  description:
    'Everything of one execution, one task or one correlation id, from every managed table and tier, in the order of time. Rows that ' +
    'belong to others (a tool use of a skill) are indented under them, and rows that are only referred to are fetched as well.',
  arguments: {
    condition: argument('<condition>', 'what the rows have in common: execution_id=…', {
      parse: parseCondition,
    }),
  },
  options: {
    limit: value('--limit <N>', `the most rows (default ${DEFAULT_LIMIT})`, { parse: wholeNumber(1) }),
    json: flag('--json', 'print the result as JSON'),
    archivesOnly: flag('--archives-only', 'do without the database: read the files of the archive'),
  },
  examples: [
    ['firn timeline execution_id=9f1c…', 'one execution from its first row to its last'],
    ['firn timeline task_id=T-042 --json', 'one task, for a program'],
  ],
  async run(context, { condition }, { limit, json, archivesOnly }) {
    const config = await context.config();
    await using places = await openSearching(config, { archivesOnly });
    const tables = await resolveTables(places, []);
    const found = await timeline(places, tables, [condition], limit ?? DEFAULT_LIMIT);
    if (json) context.json(timelineJson(found));
    else context.print(renderTimeline(found, context.style, context.width));
    if (found.cut) context.note(`There are more rows. Show more with --limit.`);
    return answerStatus(context, found, tables.length);
  },
});
