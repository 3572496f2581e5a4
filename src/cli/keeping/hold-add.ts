import { holdJson } from '../../library/answers/keeping/hold-answer.ts';
import { placeHold } from '../../library/work/rows/hold-rows.ts';
import { holdInWords } from '../../lifecycle/archived/place-hold.ts';
import { FirnError } from '../../model/errors.ts';
import { CONDITION_FORMS, parseCondition } from '../../model/filter.ts';
import { type Command, defineCommand, flag, repeated, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';

export const command: Command = defineCommand({
  description:
    'Matching rows stay in their tier until you remove the hold. Firn does not archive matching rows of the database. Firn does not move ' +
    'or purge a segment (archive file) that contains a matching row. If you give several conditions, all of them must match.',
  options: {
    table: value('--table <TABLE>', 'table whose rows to hold', { completes: 'tables' }),
    where: repeated('--where <CONDITION>', `condition: ${CONDITION_FORMS}`, { parse: parseCondition }),
    reason: value('--reason <TEXT>', 'reason for the hold, shown in reports'),
    json: flag('--json', 'print the hold as JSON'),
  },
  examples: [
    [
      'firn hold add --table tool_uses --where task_id=T-42 --reason "incident 42"',
      'hold the rows of one task',
    ],
  ],
  async run(context, _, { table, where, reason, json }) {
    if (table === undefined || reason === undefined) {
      throw new FirnError('usage', '--table, --where and --reason are required', {
        operation: 'add the hold',
        hint: 'See: firn hold add --help',
      });
    }
    const hold = await placeHold(await context.stores(), { table, conditions: where, reason });
    if (json) context.json(holdJson(hold));
    else context.print(`Hold ${hold.id} added: it keeps rows of ${hold.table} where ${holdInWords(hold)}.`);
    return EXIT.done;
  },
});
