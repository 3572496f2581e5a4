import { hasZone, type PatternPiece, patternPieces, widthOf } from '../../../model/time/time-pattern.ts';

const TWO = '[0-9][0-9]';

/** `patternReader` as SQL. */
export function patternSql(column: string, pattern: string): string {
  const pieces = patternPieces(pattern);
  const width = widthOf(pieces);
  const place = (wanted: PatternPiece['part']): PatternPiece | undefined =>
    pieces.find(({ part }) => part === wanted);
  const cut = (wanted: PatternPiece['part']): string => {
    const piece = place(wanted);
    return piece === undefined ? "'00'" : `substr(x, ${piece.at + 1}, ${piece.text.length})`;
  };
  const day = `${cut('YYYY')} || '-' || ${cut('MM')} || '-' || ${cut('DD')}`;
  const glob = pieces
    .filter(({ part }) => part !== 'Z')
    .map(({ part, text }) => (part === 'literal' ? text : '[0-9]'.repeat(text.length)))
    .join('');
  const zone = hasZone(pieces) ? `substr(x, ${width + 1})` : "'Z'";
  // A column of a numeric type has made a number of digits.
  const text = `CASE typeof(${column}) WHEN 'text' THEN ${column} WHEN 'integer' THEN CAST(${column} AS TEXT) END`;
  const read = `SELECT x, ${day} AS day, ${zone} AS zone FROM (SELECT ${text} AS x LIMIT 1 OFFSET 0)
    WHERE instr(x, char(0)) = 0 AND x GLOB '${glob}${hasZone(pieces) ? '*' : ''}' LIMIT 1 OFFSET 0`;
  const isExact = `day >= '1700' AND day < '2200'`;
  const fraction = place('S');
  const micros =
    place('HH') === undefined
      ? `CASE WHEN ${isExact} THEN 86399999999 ELSE 86399000000 END`
      : `((${cut('HH')} * 60 + ${cut('mm')}) * 60 + ${cut('ss')} - offset) * 1000000
        + ${fraction === undefined ? '0' : `CASE WHEN ${isExact} THEN substr(${cut('S')} || '00000', 1, 6) + 0 ELSE 0 END`}`;
  return `(SELECT unixepoch(day) * 1000000 + ${micros}
    FROM (SELECT x, day, ${offsetSql('zone')} AS offset FROM (${read}) LIMIT 1 OFFSET 0)
    WHERE date(day) = day AND day >= '0001' AND ${cut('HH')} <= '23' AND ${cut('mm')} <= '59' AND ${cut('ss')} <= '59'
      AND offset IS NOT NULL AND (offset = 0 OR day >= '0002' AND day < '9999'))`;
}

/** `offsetSeconds` as SQL, of a zone that is not empty. */
function offsetSql(zone: string): string {
  const seconds = (minutes: string): string =>
    `CASE WHEN substr(${zone}, 2, 2) <= '23' THEN CASE substr(${zone}, 1, 1) WHEN '-' THEN -1 ELSE 1 END
      * (substr(${zone}, 2, 2) * 3600 + ${minutes} * 60) END`;
  return `CASE WHEN ${zone} = 'Z' THEN 0
    WHEN ${zone} GLOB '[+-]${TWO}:[0-5][0-9]' OR ${zone} GLOB '[+-]${TWO}[0-5][0-9]' THEN ${seconds(`substr(${zone}, -2)`)}
    WHEN ${zone} GLOB '[+-]${TWO}' THEN ${seconds('0')} END`;
}
