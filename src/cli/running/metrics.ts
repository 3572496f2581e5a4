import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { renderMetrics } from '../../operate/status/prometheus.ts';
import { readStatus } from '../../operate/status/read-status.ts';
import { openFleet } from '../../stores/fleet/open-fleet.ts';
import { metricsOfAll } from '../../stores/fleet/status-of-all.ts';
import { outputForAll } from '../fleet/output-for-all.ts';
import { type Command, defineCommand, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';

export const command: Command = defineCommand({
  description:
    'Prints the metrics that firn run --listen serves, in the Prometheus text format. With --output, the file is replaced atomically, ' +
    'as the textfile collector of node_exporter needs.',
  options: {
    output: value('--output <FILE>', 'write the metrics to this file instead of stdout', {
      completes: 'files',
    }),
  },
  examples: [
    ['firn metrics', 'print the current metrics'],
    [
      'firn metrics --output /var/lib/node_exporter/textfile/firn.prom',
      'write a file for the textfile collector of node_exporter',
    ],
  ],
  async run(context, _, { output }) {
    const path =
      output === undefined ? null : await context.outputPath(output, { operation: 'write the metrics' });
    await answer(context, path, await renderMetrics(await readStatus(await context.stores())));
    return EXIT.done;
  },
  async many(context, fleet, _, { output }) {
    const path = output === undefined ? null : await outputForAll(context, fleet, output);
    const { text, problems } = await metricsOfAll(await openFleet(fleet, context.io.clock), context.io.clock);
    for (const problem of problems) context.fail(problem);
    await answer(context, path, text);
    return problems.length === 0 ? EXIT.done : EXIT.failed;
  },
});

async function answer(context: Context, path: string | null, text: string): Promise<void> {
  if (path === null) context.print(text.trimEnd());
  // A collector reads them as another user.
  else await writeAtomically(path, text, 0o644);
}
