import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { renderMetrics } from '../../operate/status/prometheus.ts';
import { readStatus } from '../../operate/status/read-status.ts';
import { type Command, defineCommand, value } from '../frame/command.ts';
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
    const text = await renderMetrics(await readStatus(await context.stores()));
    if (path === null) context.print(text.trimEnd());
    // A collector reads them as another user.
    else await writeAtomically(path, text, 0o644);
    return EXIT.done;
  },
});
