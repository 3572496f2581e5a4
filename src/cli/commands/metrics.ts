import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { renderMetrics } from '../../operate/status/prometheus.ts';
import { readStatus } from '../../stores/read-status.ts';
import { type Command, defineCommand, value } from '../command.ts';
import { EXIT } from '../exit-status.ts';

export const command: Command = defineCommand({
  description:
    "The same figures that firn run --listen serves, in Prometheus's text format. With --output they are written at once, " +
    "not bit by bit, for node_exporter's textfile collector.",
  options: {
    output: value('--output <FILE>', 'write them there instead of to stdout', { completes: 'files' }),
  },
  examples: [
    ['firn metrics', 'the figures now'],
    [
      'firn metrics --output /var/lib/node_exporter/textfile/firn.prom',
      "for node_exporter's textfile collector",
    ],
  ],
  async run(context, _, { output }) {
    const path =
      output === undefined ? null : await context.outputPath(output, { operation: 'write the metrics' });
    const text = await renderMetrics(await readStatus(await context.config(), context.io.clock));
    if (path === null) context.print(text.trimEnd());
    // A collector reads them as another user.
    else await writeAtomically(path, text, 0o644);
    return EXIT.done;
  },
});
