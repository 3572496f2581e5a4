import { resolveTables } from '../../lookup/places/known-tables.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { SearchReport } from '../../lookup/places/search-report.ts';
import type { Query } from '../../lookup/read/query.ts';
import { columnsEver, exportParquet } from '../../lookup/search/export-lines.ts';
import { rowOf } from '../../lookup/search/hit.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import { FirnError } from '../../model/errors.ts';
import { sizes } from '../../model/sizes.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { ROW_OPTIONS, rowQuery } from '../input/filter-options.ts';
import { NewFile } from '../input/new-file.ts';
import { plural } from '../terminal/quantity.ts';
import { answerStatus } from './answer-status.ts';
import { cellText, csvLine } from './search-hits.ts';

const FORMATS = ['jsonl', 'csv', 'parquet'] as const;

export const command: Command = defineCommand({
  description:
    'Writes the rows of one table, from all tiers, in time order. jsonl contains the values exactly as they are ' +
    'archived. csv and parquet contain every column that the table has or had in an archive file.',
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
    const wanted = rowQuery(options, context.io.clock.now());
    await using places = await (await context.stores()).openSearching(options);
    const tables = await resolveTables(places, [table]);
    if (tables.length !== 1)
      throw wrong(`${table} is a group, not a table. Export its tables one by one`, table);
    const { format = 'jsonl' } = options;
    const query = { ...wanted, tables };
    const path =
      options.output === undefined
        ? null
        : await context.outputPath(options.output, { operation: 'write the export' });
    const file = path === null ? null : await NewFile.create(path, 'write the export');
    if (format === 'parquet') {
      if (file === null) throw wrong('parquet needs --output FILE', table);
      // DuckDB writes into the file that is there.
      const { rows, notes, ...gaps } = await file.write(() => exportParquet(places, query, file.temporary));
      for (const note of notes) context.note(note);
      return conclude(context, rows, path, gaps);
    }
    const print = async (text: Uint8Array): Promise<void> => context.io.stdout.write(text);
    const lines = (write: (text: Uint8Array) => Promise<void>) =>
      stream(context, places, query, format, write);
    const { rows, report, stopped } = await (file === null ? lines(print) : file.write(lines));
    const status = conclude(context, rows, path, report);
    if (stopped === null) return status;
    context.warn(`the export is not complete: it was stopped after ${plural(rows, 'row')} (${stopped})`);
    return Math.max(status, EXIT.partly);
  },
});

async function stream(
  context: Context,
  places: Places,
  query: Query,
  format: 'jsonl' | 'csv',
  write: (text: Uint8Array) => Promise<void>,
): Promise<{ rows: number; report: SearchReport; stopped: string | null }> {
  const columns = format === 'csv' ? await columnsEver(places, query) : [];
  let waiting: Uint8Array[] = format === 'csv' ? [Buffer.from(csvLine([...columns, '_tier']))] : [];
  let bytes = 0;
  let rows = 0;
  const flush = async (): Promise<void> => {
    await write(Buffer.concat(waiting));
    [waiting, bytes] = [[], 0];
    await context.io.stdout.drained();
  };
  const found = search(places, query, { signal: context.io.signal });
  let stopped: string | null = null;
  try {
    for await (const hit of found) {
      const row = format === 'csv' ? rowOf(hit) : null;
      const text =
        row === null
          ? hit.line
          : Buffer.from(csvLine([...columns.map((column) => cellText(row[column] ?? null)), hit.tier]));
      waiting.push(text);
      bytes += text.length;
      rows++;
      if (bytes > sizes.exportedBytes) await flush();
    }
  } catch (error) {
    // A closed pipe is the reader's wish; what ends the program otherwise leaves a file that is not complete.
    if (!(error instanceof FirnError) || error.code !== 'interrupted') throw error;
    if (context.io.signal.reason === 'closed pipe') throw error;
    stopped = error.message;
  }
  await flush();
  return { rows, report: found.report, stopped };
}

function conclude(
  context: Context,
  rows: number,
  path: string | null,
  gaps: Pick<SearchReport, 'problems' | 'unread'>,
): number {
  context.note(`${plural(rows, 'row')}${path === null ? '' : ` in ${path}`}`);
  return answerStatus(context, gaps, 1);
}

function wrong(message: string, path: string): FirnError {
  return new FirnError('usage', message, { operation: 'export the table', path });
}
