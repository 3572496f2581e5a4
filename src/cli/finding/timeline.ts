import { timelineJson } from '../../library/answers/finding/timeline-answer.ts';
import { resolveTables } from '../../lookup/places/known-tables.ts';
import { timeline } from '../../lookup/search/entity-timeline.ts';
import { parseCondition } from '../../model/filter.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import { wholeNumber } from '../input/filter-options.ts';
import { answerStatus } from './answer-status.ts';
import { renderTimeline } from './timeline-text.ts';

const DEFAULT_LIMIT = 10_000;

export const command: Command = defineCommand({
  description:
    'Shows all rows of one execution, one task or one correlation id, from all managed tables and tiers, in time order. Rows that ' +
    'belong to another row (such as a tool use of a skill) are indented below it. Rows that a found row refers to are also shown.',
  arguments: {
    condition: argument('<condition>', 'condition for the rows: execution_id=…', {
      parse: parseCondition,
    }),
  },
  options: {
    limit: value('--limit <N>', `maximum number of rows (default ${DEFAULT_LIMIT})`, {
      parse: wholeNumber(1),
    }),
    json: flag('--json', 'print the result as JSON'),
    archivesOnly: flag('--archives-only', 'read the archive files only; the database is not needed'),
  },
  examples: [
    ['firn timeline execution_id=9f1c…', 'show one execution from the first row to the last'],
    ['firn timeline task_id=T-042 --json', 'print one task as JSON'],
  ],
  async run(context, { condition }, { limit, json, archivesOnly }) {
    await using places = await (await context.stores()).openSearching({ archivesOnly });
    const tables = await resolveTables(places, []);
    const found = await timeline(places, tables, [condition], limit ?? DEFAULT_LIMIT);
    if (json) context.json(timelineJson(found));
    else context.print(renderTimeline(found, context.style, context.width));
    if (found.cut) context.note(`More rows match. Pass --limit to show more.`);
    return answerStatus(context, found, tables.length);
  },
});
