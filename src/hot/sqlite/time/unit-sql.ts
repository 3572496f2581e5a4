import { EXACT_SECONDS } from '../../../model/instant.ts';
import { fractionPlaces, JULIAN, type Unit, unitRange } from '../../../model/time/time-units.ts';
import { fractionDigits, isDecimal, isDigits } from './first-forms-sql.ts';

const MICROS = 1_000_000n;

/** `fromUnit` as SQL. */
export function unitSql(x: string, unit: Unit): string {
  const { least, end, realEnd } = unitRange(unit);
  const { perSecond, origin } = unit;
  const within = (n: string, to: bigint): string => `${n} >= ${least} AND ${n} < ${to}`;
  const scaled = (n: string, point: string): string =>
    perSecond <= MICROS ? `${n} * ${MICROS / perSecond}${point}` : `${n} / ${perSecond / MICROS}${point}`;
  const whole = (n: string): string => scaled(n, '');
  const text = `CAST(${x} AS INTEGER)`;
  const places = fractionPlaces(unit);
  const micros = `CASE typeof(${x})
    WHEN 'integer' THEN CASE WHEN ${within(x, end)} THEN ${whole(x)} END
    WHEN 'real' THEN CASE WHEN ${within(x, realEnd)} THEN CAST(${scaled(x, '.0')} AS INTEGER) END
    WHEN 'text' THEN CASE WHEN ${isCountText(x)} AND ${within(text, end)}
      THEN ${whole(text)} + ${places === 0 ? '0' : fractionOf(x, places)} END END`;
  return rounded(`${micros} + ${origin * MICROS}`);
}

/** `fromJulian` as SQL. */
export function julianSql(x: string): string {
  const { least, end, dayMs, originMs } = JULIAN;
  const within = (n: string, from: number, to: number): string => `${n} >= ${from} AND ${n} < ${to}`;
  const number = `CAST(${x} AS REAL)`;
  const text = `CAST(${x} AS INTEGER)`;
  const ms = `CASE
    WHEN typeof(${x}) IN ('integer', 'real') THEN CASE WHEN ${within(number, least, end)}
      THEN CAST(${number} * ${dayMs}.0 + 0.5 AS INTEGER) END
    WHEN typeof(${x}) = 'text' THEN CASE WHEN ${isCountText(x)} AND ${within(text, Math.ceil(least), Math.floor(end))}
      THEN ${text} * ${dayMs} + (${fractionOf(x, 10)} * ${dayMs} + 5000000000) / 10000000000 END END`;
  return rounded(`(${ms} - ${originMs}) * 1000`);
}

function isCountText(x: string): string {
  return `length(${x}) > 0 AND instr(${x}, char(0)) = 0 AND (${isDigits(x)} OR ${isDecimal(x)})`;
}

function fractionOf(x: string, places: number): string {
  return `CASE WHEN instr(${x}, '.') > 0 THEN ${fractionDigits(x, places)} ELSE 0 END`;
}

/** Far from 1970 only whole seconds are exact. */
function rounded(micros: string): string {
  const limit = BigInt(EXACT_SECONDS) * MICROS;
  return `(SELECT CASE WHEN at > -${limit} AND at < ${limit} THEN at ELSE at - ((at % 1000000) + 1000000) % 1000000 END
    FROM (SELECT ${micros} AS at LIMIT 1 OFFSET 0))`;
}
