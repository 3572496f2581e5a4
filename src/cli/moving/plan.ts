import { whatIfJson } from '../../library/answers/moving/plan-answer.ts';
import { compareWith, withTimes } from '../../library/work/runs/look-at-retention.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { runEach } from '../fleet/run-each.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { duration } from '../input/durations.ts';
import { renderWhatIf } from './what-if-text.ts';

export const command: Command = defineCommand({
  description:
    'For each table whose policy would change, compares what the next runs would move and purge with the new policy and with ' +
    'the current one. Without changed times, shows what the current policies do next. Changes nothing.',
  arguments: {
    target: argument('[target]', 'table or group for --hot, --warm and --cold (default: all)', {
      completes: 'targets',
    }),
  },
  options: {
    hot: value('--hot <DUR>', 'assume this hot time', { parse: duration }),
    warm: value('--warm <DUR>', 'assume this warm time', { parse: duration }),
    cold: value('--cold <DUR>', 'assume this cold time', { parse: duration }),
    against: value('--against <FILE>', 'assume the policies of this configuration file', {
      completes: 'files',
    }),
    json: flag('--json', 'print the comparison as JSON'),
  },
  examples: [
    ['firn plan tool_uses --hot 3d --cold 180d', 'preview other times for one table'],
    ['firn plan --against new.config.yaml', 'preview another configuration'],
    ['firn plan', 'show what the current policies do next'],
  ],
  async run(context, { target }, { hot, warm, cold, against, json }) {
    const { policies } = await context.config();
    const base = against === undefined ? policies : await policiesOf(context, against);
    const changed = withTimes(base, target, { hot, warm, cold });
    const found = await compareWith(await context.stores(), changed);
    if (json) context.json(whatIfJson(found));
    else context.print(renderWhatIf(found, context.style, context.width));
    for (const { table, message } of found.unreadable)
      context.warn(`${table}: cannot count rows: ${message}`);
    if (found.unreadable.length === 0) return EXIT.done;
    return found.tables.length > 0 ? EXIT.partly : EXIT.failed;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { json: options.json, command: 'plan' }, (one) =>
      command.run(one, args, options),
    ),
});

async function policiesOf({ io, flags }: Context, file: string): Promise<PolicySet> {
  const [{ loadConfiguration }, { readTextFile }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../config/text-file.ts'),
  ]);
  const { env, cwd } = io;
  const loaded = loadConfiguration({ flags: { ...flags, config: file }, env, cwd, readFile: readTextFile });
  return 'databases' in loaded ? loaded.settings.policies : loaded.policies;
}
