import type { Health } from '../../operate/status/health.ts';
import type { OperatingStatus } from '../../operate/status/operating-state.ts';
import { readStatus } from '../../operate/status/read-status.ts';
import { statusJson } from '../../operate/status/status-json.ts';
import { openFleet } from '../../stores/fleet/open-fleet.ts';
import { eachDatabase } from '../fleet/each-database.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { formatBytes } from '../terminal/quantity.ts';
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
    return check ? exitOf(status.health) : EXIT.done;
  },
  async many(context, config, _, { json, check }) {
    const fleet = await openFleet(config, context.io.clock);
    const head = { command: 'status', as_of: new Date(context.io.clock.now()).toISOString() };
    return await eachDatabase(
      context,
      fleet,
      async ({ context: one }) => {
        const status = await readStatus(await one.stores());
        const { level, line } = status.health;
        return {
          status: check ? exitOf(status.health) : EXIT.done,
          result: statusJson(status),
          message: level === 'ok' ? inShort(status) : line,
          needsAttention: level !== 'ok',
        };
      },
      { json, head },
    );
  },
});

/** `1.05 MB, archives 313 kB, ran 2026-11-26` */
function inShort({ sizes, warm, cold, runs: [last] }: OperatingStatus): string {
  const run = last === undefined ? 'never ran' : `ran ${last.startedAt.slice(0, 10)}`;
  return `${formatBytes(sizes.databaseBytes)}, archives ${formatBytes(warm.bytes + cold.bytes)}, ${run}`;
}

function exitOf({ level }: Health): number {
  if (level === 'ok') return EXIT.done;
  return level === 'alarm' ? EXIT.integrity : EXIT.failed;
}
