import { statusJson } from '../../operate/status/status-json.ts';
import { readStatus } from '../../stores/read-status.ts';
import { type Command, defineCommand, flag } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { renderStatus } from '../render/operating-status.ts';

export const command: Command = defineCommand({
  description:
    'Health in one line; then the scheduler, who holds the lock, the last run of each job and when it runs next, what is overdue, ' +
    'and how large everything is. A job that should have run and did not is overdue, whoever was to start it.\n' +
    'With --check the exit status says it too: 1 when something needs attention (overdue, failed, paused), 5 for an integrity alarm.',
  options: {
    json: flag('--json', 'print the status as JSON'),
    check: flag('--check', 'exit 1, or 5, when not everything is well'),
  },
  examples: [
    ['firn status', 'how it stands'],
    ['firn status --check --quiet || echo "look at it"', 'for monitors'],
    ['firn status --json | jq .health.line', 'for programs'],
  ],
  async run(context, _, { json, check }) {
    const status = await readStatus(await context.config(), context.io.clock);
    if (json) context.json(statusJson(status));
    else if (check && context.flags.quiet) context.print(status.health.line);
    else context.print(renderStatus(status, context.style, context.width));
    if (!check || status.health.level === 'ok') return EXIT.done;
    return status.health.level === 'alarm' ? EXIT.integrity : EXIT.failed;
  },
});
