import { addHold, holdInWords } from '../../lifecycle/archived/place-hold.ts';
import { requirePair } from '../../lifecycle/begin/begin-run.ts';
import { FirnError } from '../../model/errors.ts';
import { CONDITION_FORMS, parseCondition } from '../../model/filter.ts';
import { type Command, defineCommand, flag, repeated, value } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { holdJson } from '../render/holds.ts';

export const command: Command = defineCommand({
  description:
    'From now on the matching rows stay where they are: hot ones are not archived, and a segment that holds one neither ' +
    'moves to cold nor is purged, until the hold is removed. Several conditions must all be true of a row.',
  options: {
    table: value('--table <TABLE>', 'the table whose rows are held', { completes: 'tables' }),
    where: repeated('--where <CONDITION>', CONDITION_FORMS, { parse: parseCondition }),
    reason: value('--reason <TEXT>', 'why, for whoever finds it later'),
    json: flag('--json', 'print the hold as JSON'),
  },
  examples: [
    [
      'firn hold add --table tool_uses --where task_id=T-42 --reason "incident 42"',
      'keep the rows of one execution',
    ],
  ],
  async run(context, _, { table, where, reason, json }) {
    if (table === undefined || reason === undefined) {
      throw new FirnError('usage', 'a hold needs --table, --where and --reason', {
        operation: 'add the hold',
        hint: 'See: firn hold add --help',
      });
    }
    await using opened = await context.write('hold add');
    const { store, archive, clock } = opened;
    await requirePair(opened, clock.now() * 1000);
    const hold = await addHold({ store, archive, clock }, { table, conditions: where, reason });
    if (json) context.json(holdJson(hold));
    else context.print(`Hold ${hold.id} keeps the rows of ${hold.table} where ${holdInWords(hold)}.`);
    return EXIT.done;
  },
});
