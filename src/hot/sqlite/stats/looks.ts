import { sizes } from '../../../model/sizes.ts';
import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type Piece, sampleRowids, walkKeys, walkRowids } from '../survey/table-walk.ts';

/** How many rows are looked at one by one to count a table; what is beyond is estimated. */
export interface Effort {
  /** Rows past the cutoff, where an index leads to them. Of a table that is further behind, only a sample is looked at. */
  readonly past: number;
  /** Rows of any age. */
  readonly judged: number;
  /** Rows of a sample, and how many places they are taken from where no index leads to the oldest. */
  readonly sample: number;
  readonly places: number;
}

export const EFFORT: Effort = { past: 60_000, judged: 200_000, sample: 4_000, places: 20 };

/** One way of looking at a table's rows. */
interface Look {
  readonly pieces: Iterable<Piece>;
  /** The pieces hold every row that may be past the cutoff. */
  readonly everything: boolean;
  /** Ends when so many rows were judged. */
  readonly most: number;
  /** A look at fewer rows is worth nothing: the next one follows. */
  readonly least: number;
}

/** The ways of looking at a table row by row, in the order in which they are to be tried. */
export function* looksAt(
  connection: Connection,
  table: Table,
  total: number,
  effort: Effort,
): Generator<Look> {
  const { access } = table;
  const all = { everything: true, most: effort.judged, least: 0 };
  if (access.kind === 'key') return yield { ...all, pieces: walkKeys(connection, table, sizes.countedRows) };
  const { rowid } = access;
  if (total > effort.judged) {
    const pieces = sampleRowids(connection, table, rowid, effort.places, effort.sample / effort.places);
    // Where rowids have wide gaps, most places are empty.
    yield { pieces, everything: false, most: Infinity, least: effort.sample / 4 };
  }
  yield { ...all, pieces: walkRowids(connection, table, rowid, sizes.countedRows) };
}
