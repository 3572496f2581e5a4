import { explanationJson } from '../../library/answers/finding/explain-answer.ts';
import { explainKey } from '../../library/work/rows/explain-key.ts';
import { argument, type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { answerStatus } from './answer-status.ts';
import { renderExplanation } from './explanation.ts';

export const command: Command = defineCommand({
  description:
    'Shows the tier and file of one row, the policy that applies, when the row moves next, and what keeps it. ' +
    'For a row of a unit (with, by), it also shows the parent row and the number of children by table and tier. For a primary key of several columns, ' +
    'give the values in key order. The beginning of the last value is enough if no other key begins so; BLOB keys are written in ' +
    'hexadecimal digits. The exit code is 1 if the row is not found.',
  arguments: {
    table: argument('<table>', 'table of the row', { completes: 'tables' }),
    id: argument('<id>', 'primary key of the row, or its beginning'),
    more: argument('[more...]', 'further values of a primary key of several columns'),
  },
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [['firn explain tool_uses 0b9f…', 'show where one row is and how long it stays']],
  async run(context, { table, id, more }, { json }) {
    const given = [id, ...(more ?? [])];
    const { found, key, now, notes } = await explainKey(await context.stores(), table, given);
    for (const note of notes) context.note(note);
    if (json) context.json(explanationJson(found, key));
    else context.print(renderExplanation(found, key, now, context.style));
    const status = answerStatus(context, found, 1);
    if (status !== EXIT.done) return status;
    return found.places.length > 0 ? EXIT.done : EXIT.failed;
  },
});
