import { readStatus } from '../../operate/status/read-status.ts';
import { statusJson } from '../../operate/status/status-json.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderStatus } from './operating-status.ts';

export const command: Command = defineCommand({
  description:
    'Shows the health in one line, the scheduler, the holder of the lock, the last and next run of each job, overdue tables, ' +
    'and the sizes. A job that did not run at its scheduled time is overdue.\n' +
    'With --check, the exit code is 1 if something needs attention (overdue, failed, paused), and 5 for an integrity alarm.',
  options: {
    json: flag('--json', 'print the status as JSON'),
    check: flag('--check', 'exit with code 1 or 5 if there is a problem'),
  },
  examples: [
    ['firn status', 'show the status'],
    ['firn status --check --quiet || echo "Firn needs attention"', 'use it in a monitoring script'],
    ['firn status --json | jq .health.line', 'print the health for a program'],
  ],
  async run(context, _, { json, check }) {
    const status = await readStatus(await context.stores());
    if (json) context.json(statusJson(status));
    else if (check && context.flags.quiet) context.print(status.health.line);
    else context.print(renderStatus(status, context.style, context.width));
    if (!check || status.health.level === 'ok') return EXIT.done;
    return status.health.level === 'alarm' ? EXIT.integrity : EXIT.failed;
  },
});
