import { asInstant, formatInstant, type Instant } from '../../../model/instant.ts';
import { AUTO, type TimeFormat } from '../../../model/time/time-format.ts';

const SECOND = 1_000_000;
const DATE = '[12][0-9][0-9][0-9]-[01][0-9]-[0-2][0-8]';
const TIME = '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]';
const MOMENT = `${DATE}T${TIME}`;

/**
 * Whether a row's time is at or before `cutoff`, as SQL: 1, 0, or NULL when it means no instant. The same as
 * `instant <= cutoff`, in the format `auto` four times faster for the common forms `2026-01-16T11:23:33.120157Z` and
 * `2026-01-16 11:23:33` (SQLite's CURRENT_TIMESTAMP), which are compared as text.
 */
export function pastSql(
  column: string,
  instant: string,
  format: TimeFormat | undefined,
  cutoff: Instant,
): string {
  const exact = `${instant} <= ${cutoff}`;
  if (format !== undefined && format !== AUTO) return exact;
  const second = Math.floor(cutoff / SECOND) * SECOND;
  const [from, to] = [second, second + SECOND].map((at) => formatInstant(asInstant(at)).slice(0, 19));
  const bound = (text: string | undefined): string =>
    `CASE length(${column}) WHEN 19 THEN '${text?.replace('T', ' ')}' ELSE '${text}' END`;
  const plain = `CASE length(${column})
    WHEN 19 THEN ${column} GLOB '${DATE} ${TIME}'
    WHEN 20 THEN ${column} GLOB '${MOMENT}Z'
    WHEN 24 THEN ${column} GLOB '${MOMENT}.[0-9][0-9][0-9]Z'
    WHEN 27 THEN ${column} GLOB '${MOMENT}.[0-9][0-9][0-9][0-9][0-9][0-9]Z' END`;
  // Months beyond 12, hours beyond 23 and 1970, which may stand for no time, are left to the exact way.
  const calendar = `substr(${column}, 6, 2) BETWEEN '01' AND '12' AND substr(${column}, 12, 2) < '24' AND substr(${column}, 1, 4) <> '1970'`;
  return `CASE WHEN typeof(${column}) = 'text' AND ${plain} AND ${calendar} AND substr(${column}, 9, 2) > '00' THEN
      CASE WHEN +${column} COLLATE BINARY < ${bound(from)} THEN 1 WHEN +${column} COLLATE BINARY >= ${bound(to)} THEN 0 ELSE ${exact} END
    ELSE ${exact} END`;
}
