import type { SearchReport } from '../../../lookup/places/search-report.ts';
import { type FileProblem, fileProblem } from './timeline-answer.ts';

/** What was exported, and what could not be read. */
export interface Exported extends Pick<SearchReport, 'problems' | 'unread'> {
  readonly rows: number;
  readonly notes: readonly string[];
  /** Why it ended before its end; null when it did not. */
  readonly stopped: string | null;
}

/** What was exported. */
export interface ExportAnswer {
  readonly command: 'export';
  /** The absolute path of the new file. */
  readonly path: string;
  readonly rows: number;
  /** False when rows may be missing: something could not be read, or it was stopped. */
  readonly complete: boolean;
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
  /** Tables whose database rows could not be read. */
  readonly unread: readonly { readonly table: string; readonly message: string }[];
  readonly notes: readonly string[];
  /** Why it ended early; null when it did not. */
  readonly stopped: string | null;
}

/** The export in the shape of Firn's JSON. @internal */
export function exportJson(path: string, { rows, problems, unread, notes, stopped }: Exported): ExportAnswer {
  return {
    ...{ command: 'export', path, rows },
    complete: problems.length === 0 && unread.length === 0 && stopped === null,
    problems: problems.map(fileProblem),
    unread: unread.map(({ table, why }) => ({ table, message: why })),
    ...{ notes, stopped },
  };
}
