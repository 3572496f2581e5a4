import { resolveTables } from '../../../lookup/places/known-tables.ts';
import type { Places } from '../../../lookup/places/places.ts';
import type { Query } from '../../../lookup/read/query.ts';
import { columnsEver, exportParquet } from '../../../lookup/search/export-lines.ts';
import { rowOf } from '../../../lookup/search/hit.ts';
import { search } from '../../../lookup/search/search-tiers.ts';
import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import type { Stores } from '../../../operate/stores.ts';
import type { Exported } from '../../answers/finding/export-answer.ts';
import { cellText, csvLine } from './csv.ts';
import { NewFile } from './new-file.ts';

export type ExportFormat = 'jsonl' | 'csv' | 'parquet';

export interface ExportWork {
  /** Conditions and times; its tables do not matter. */
  readonly query: Query;
  readonly format: ExportFormat;
  /** The absolute path of the new file; null: `print` gets the text. */
  readonly file: string | null;
  readonly print?: ((text: Uint8Array) => Promise<void>) | undefined;
  readonly archivesOnly: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the rows of one table, from all tiers, in time order. */
export async function exportTable(stores: Stores, table: string, work: ExportWork): Promise<Exported> {
  const { archivesOnly, format, file: path, print } = work;
  await using places = await stores.openSearching({ archivesOnly });
  const tables = await resolveTables(places, [table]);
  if (tables.length !== 1)
    throw wrong(`${table} is a group, not a table. Export its tables one by one`, table);
  const query = { ...work.query, tables };
  const file = path === null ? null : await NewFile.create(path, 'write the export');
  if (format === 'parquet') {
    if (file === null) throw wrong('parquet needs --output FILE', table);
    // DuckDB writes into the file that is there.
    const exported = await file.write(() => exportParquet(places, query, file.temporary));
    return { ...exported, stopped: null };
  }
  const lines = (write: (text: Uint8Array) => Promise<void>): Promise<Exported> =>
    stream(places, query, format, write, work.signal);
  return await (file === null ? lines(print!) : file.write(lines));
}

async function stream(
  places: Places,
  query: Query,
  format: 'jsonl' | 'csv',
  write: (text: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Exported> {
  const columns = format === 'csv' ? await columnsEver(places, query) : [];
  let waiting: Uint8Array[] = format === 'csv' ? [Buffer.from(csvLine([...columns, '_tier']))] : [];
  let [bytes, rows] = [0, 0];
  const flush = async (): Promise<void> => {
    const text = Buffer.concat(waiting);
    [waiting, bytes] = [[], 0];
    await write(text);
  };
  const found = search(places, query, signal === undefined ? {} : { signal });
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
    if (signal?.reason === 'closed pipe') throw error;
    stopped = error.message;
  }
  await flush();
  const { problems, unread } = found.report;
  return { rows, problems, unread, notes: [], stopped };
}

function wrong(message: string, path: string): FirnError {
  return new FirnError('usage', message, { operation: 'export the table', path });
}
