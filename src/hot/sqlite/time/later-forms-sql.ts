import { EXACT_SECONDS } from '../../../model/instant.ts';
import type { NumberBounds } from '../../../model/time/plausible.ts';
import { fractionDigits, isDecimal, isDigits, momentSql } from './first-forms-sql.ts';

/** The other forms of `auto` (`parseLater`), as SQL: to be asked where `firstFormsSql` is NULL. */
export function laterFormsSql(column: string, bounds: NumberBounds): string {
  const whole = `CAST(${column} AS INTEGER)`;
  return `CASE typeof(${column})
    WHEN 'text' THEN CASE WHEN length(${column}) > 0 AND instr(${column}, char(0)) = 0 THEN CASE
      WHEN ${isDigits(column)} THEN ${fromCount(whole, '0', bounds)}
      WHEN ${isDecimal(column)} THEN ${fromCount(whole, fractionDigits(column, 6), bounds)}
      WHEN ${column} GLOB '[0-9][0-9][0-9][0-9]*' THEN ${fromText(column)} END END
    WHEN 'integer' THEN ${fromCount(column, '0', bounds)}
    WHEN 'real' THEN CASE WHEN ${column} = 0.0 THEN 0
      WHEN ${column} >= ${bounds.ns[0]} AND ${column} < ${bounds.ns[1]} THEN CASE WHEN ${column} < ${EXACT_SECONDS}000000000.0
        THEN CAST(${column} / 1000.0 AS INTEGER) ELSE CAST(${column} / 1000000000.0 AS INTEGER) * 1000000 END END
  END`;
}

/** Nanoseconds, and 0. */
function fromCount(n: string, fraction: string, { ns }: NumberBounds): string {
  return `CASE WHEN ${n} = 0 THEN CASE WHEN ${fraction} = 0 THEN 0 END
    WHEN ${n} >= ${ns[0]} AND ${n} < ${ns[1]} THEN CASE WHEN ${n} < ${EXACT_SECONDS}000000000
      THEN ${n} / 1000 ELSE ${n} / 1000000000 * 1000000 END END`;
}

const TWO = '[0-9][0-9]';
const DATE = TWO.repeat(4);

/**
 * `plainMoment` and the instant of what it gives. Each step is a subquery, so that nothing is computed as often as it is named: OFFSET keeps SQLite
 * from putting them together.
 */
function fromText(x: string): string {
  const step = (columns: string, from: string): string => `(SELECT ${columns} ${from} LIMIT 1 OFFSET 0)`;
  const shapes = [
    { glob: '????-??-??[Tt ]??:??:??*', moment: extended(x, true), rest: 20, seconds: 1 },
    { glob: '????-??-??[Tt ]??:??*', moment: extended(x, false), rest: 17, seconds: 0 },
    { glob: `${DATE}[Tt]${TWO.repeat(3)}*`, moment: basic(x, true), rest: 16, seconds: 1 },
    { glob: `${DATE}[Tt]${TWO.repeat(2)}*`, moment: basic(x, false), rest: 14, seconds: 0 },
  ];
  const by = (value: (shape: (typeof shapes)[number]) => string): string =>
    `CASE ${shapes.map((shape) => `WHEN ${x} GLOB '${shape.glob}' THEN ${value(shape)}`).join(' ')} END`;
  const read = step(
    `${by(({ moment }) => moment)} AS moment, ${by(({ rest }) => `substr(${x}, ${rest})`)} AS rest,
      ${by(({ seconds }) => String(seconds))} AS seconds`,
    '',
  );
  const cut = step(
    `moment, rest, CASE WHEN seconds AND rest GLOB '[.,][0-9]*' THEN ltrim(substr(rest, 2), '0123456789') ELSE rest END AS zone`,
    `FROM ${read}`,
  );
  const parts = step(
    `moment || CASE WHEN length(zone) = length(rest) THEN '' ELSE '.' || substr(rest, 2, length(rest) - 1 - length(zone)) END AS moment,
      zone, CASE WHEN zone GLOB ' ???:*' THEN 6 ELSE 5 END AS size`,
    `FROM ${cut}`,
  );
  const spaced = step(
    `moment, zone, substr(zone, 2, size) AS offset, substr(zone, 2 + size) AS tail, instr(substr(zone, 2 + size), ' m=') AS clock`,
    `FROM ${parts}`,
  );
  const named = step(
    `moment, zone, offset, replace(offset, ':', '') AS digits, tail,
      CASE clock WHEN 0 THEN substr(tail, 2) ELSE substr(tail, 2, clock - 2) END AS name,
      CASE clock WHEN 0 THEN '+0.0' ELSE substr(tail, clock + 3) END AS clock`,
    `FROM ${spaced}`,
  );
  const zoned = step(`moment || ${plainZone()} AS moment`, `FROM ${named}`);
  return step(momentSql('moment'), `FROM ${zoned}`);
}

function extended(x: string, seconds: boolean): string {
  return `substr(${x}, 1, 10) || 'T' || substr(${x}, 12, ${seconds ? 8 : 5})${seconds ? '' : " || ':00'"}`;
}

function basic(x: string, seconds: boolean): string {
  const second = seconds ? `substr(${x}, 14, 2)` : "'00'";
  return `substr(${x}, 1, 4) || '-' || substr(${x}, 5, 2) || '-' || substr(${x}, 7, 2) || 'T' ||
    substr(${x}, 10, 2) || ':' || substr(${x}, 12, 2) || ':' || ${second}`;
}

const OFFSETS: readonly string[] = [`[+-]${TWO}${TWO}`, `[+-]${TWO}:${TWO}`];

/** The zone as `momentSql` reads it, from the columns of the last step; NULL when it is none. */
function plainZone(): string {
  const like = (name: string, globs: readonly string[]): string =>
    `(${globs.map((glob) => `${name} GLOB '${glob}'`).join(' OR ')})`;
  const isName = `(length(name) BETWEEN 1 AND 6 AND name NOT GLOB '*[^A-Za-z]*'
    AND (name NOT IN ('UTC', 'GMT') OR substr(digits, 2) = '0000')
    OR ${like('name', [`[+-]${TWO}`, OFFSETS[0]!])} AND substr(name || '00', 1, 5) = digits)`;
  const isClock = `clock GLOB '[+-][0-9]*' AND ${isDecimal('substr(clock, 2)')}`;
  const zoneOf = (offset: string): string => `CASE WHEN ${offset} GLOB '*[1-9]*' THEN ${offset} ELSE 'Z' END`;
  return `CASE WHEN zone = '' THEN ''
    WHEN ${like('zone', [`[+-]${TWO}`, ...OFFSETS])} THEN ${zoneOf('zone')}
    WHEN zone IN ('Z', 'z', ' UTC', ' GMT') THEN 'Z'
    WHEN zone GLOB ' *' AND ${like('offset', OFFSETS)} AND (tail = '' OR tail GLOB ' *' AND ${isName} AND ${isClock})
      THEN ${zoneOf('offset')} END`;
}
