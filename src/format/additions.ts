import type { DialectName } from '../model/database/dialect.ts';
import type { Span } from '../model/policy/span.ts';
import type { Column, TimeOf } from '../model/shape.ts';
import type { TimeFormat } from '../model/time/time-format.ts';

/** What the footer of format 3 adds. Each has a value that formats 1 and 2 stand for. */
export interface Additions {
  /** The segment covers the span that begins with its day. */
  readonly span: Span;
  /** How the values of the time column are read. Missing: `auto`, and every time is in a form that Firn always read. */
  readonly timeFormat?: TimeFormat | undefined;
  /** Where its rows have their time from; they have no time of their own then, and each line has `_time`. */
  readonly timeOf?: TimeOf | undefined;
  /** How the database compares names and values. Missing: as SQLite does. */
  readonly dialect?: DialectName | undefined;
  /** Those that the database computes are named in format 3. */
  readonly columns: readonly Column[];
}
