import { exportTable } from '../../library/work/rows/export-table.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { ROW_OPTIONS, rowQuery } from '../input/filter-options.ts';
import { plural } from '../terminal/quantity.ts';
import { answerStatus } from './answer-status.ts';

const FORMATS = ['jsonl', 'csv', 'parquet'] as const;

export const command: Command = defineCommand({
  description:
    'Writes the rows of one table, from all tiers, in time order. jsonl contains the values exactly as they are ' +
    'archived. csv and parquet contain every column that the table has or had in an archive file. The rows of parquet are in the order ' +
    'in which their files were archived.',
  arguments: { table: argument('<table>', 'table to export', { completes: 'tables' }) },
  options: {
    format: value<(typeof FORMATS)[number]>('--format <FORMAT>', 'output format (default jsonl)', {
      choices: FORMATS,
    }),
    ...ROW_OPTIONS,
    output: value('--output <FILE>', 'write to this new file instead of stdout; required for parquet', {
      completes: 'files',
    }),
    archivesOnly: flag('--archives-only', 'read the archive files only; the database is not needed'),
  },
  examples: [
    [
      'firn export tool_uses --since 2026-01-01 --format parquet --output tools.parquet',
      'write a Parquet file, for example for a notebook',
    ],
    [
      'firn export message_bus_log --where severity=error --format csv',
      'print CSV, for example for a spreadsheet',
    ],
  ],
  async run(context, { table }, options) {
    const { io } = context;
    const query = rowQuery(options, io.clock.now());
    const file =
      options.output === undefined
        ? null
        : await context.outputPath(options.output, { operation: 'write the export' });
    const done = await exportTable(await context.stores(), table, {
      ...{ query, format: options.format ?? 'jsonl', file },
      archivesOnly: options.archivesOnly,
      signal: io.signal,
      print: async (text) => {
        io.stdout.write(text);
        await io.stdout.drained();
      },
    });
    for (const note of done.notes) context.note(note);
    context.note(`${plural(done.rows, 'row')}${file === null ? '' : ` in ${file}`}`);
    const status = answerStatus(context, done, 1);
    if (done.stopped === null) return status;
    context.warn(
      `the export is not complete: it was stopped after ${plural(done.rows, 'row')} (${done.stopped})`,
    );
    return Math.max(status, EXIT.partly);
  },
});
