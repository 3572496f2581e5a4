import { EXACT_SECONDS } from '../../../model/instant.ts';
import type { Span } from '../../../model/policy/span.ts';

/**
 * `parseInstant` as a pure SQL expression: the µs that the value of a column means, NULL when it means none.
 *
 * SQLite's own date functions are lenient (`24:00`, 31 February, several spaces), so the shape is pinned by GLOB first, which
 * leaves them the digits to check, and days behind the 28th are made to come back the same.
 * @param column the column as SQL, already quoted.
 */
export function instantSql(column: string): string {
  return `CASE typeof(${column})
    WHEN 'text' THEN CASE WHEN instr(${column}, char(0)) = 0 THEN ${fromText(column)} END
    WHEN 'integer' THEN ${fromEpoch(column, '0', '0')}
    WHEN 'real' THEN ${fromReal(column)}
  END`;
}

/** The number of the UTC day of an instant (0 is 1970-01-01), given as SQL. */
export function dayNumberSql(instant: string): string {
  return `(CASE WHEN ${instant} >= 0 THEN ${instant} ELSE ${instant} - 86399999999 END / 86400000000)`;
}

/** The number of the first day of the span that holds an instant. The same as `spanAt`. */
export function spanNumberSql(instant: string, span: Span): string {
  const day = dayNumberSql(instant);
  switch (span) {
    case 'day':
      return day;
    case 'week':
      return `(${day} - ((${day} + 3) % 7 + 7) % 7)`;
    case 'month':
      return `CAST(julianday(${day} * 86400, 'unixepoch', 'start of month') - 2440587.5 AS INTEGER)`;
  }
}

function fromText(x: string): string {
  // `+` takes the column's affinity away, which would turn '1700' into a number.
  const exactYear = `+${x} COLLATE BINARY >= '1700' AND +${x} COLLATE BINARY < '2200'`;
  const seconds = `unixepoch(substr(${x}, 1, 19)) * 1000000`;
  const moment = (suffix: string, micros: string) =>
    `WHEN ${x} GLOB '????-??-??[T ]??:??:??${suffix}' THEN CASE WHEN ${x} NOT GLOB '???????????24*' AND ${calendarDay(x)}
      THEN ${seconds} + ${micros} END`;
  const fraction = (micros: string) => `CASE WHEN ${exactYear} THEN ${micros} ELSE 0 END`;
  return `CASE
    ${moment('.[0-9][0-9][0-9][0-9][0-9][0-9]Z', fraction(`substr(${x}, 21, 6)`))}
    ${moment('.[0-9][0-9][0-9]Z', fraction(`substr(${x}, 21, 3) * 1000`))}
    ${moment('Z', '0')}
    ${moment('', '0')}
    ${moment('*', anySuffix(`substr(${x}, 20)`, exactYear, x))}
    WHEN ${x} GLOB '????-??-??' THEN CASE WHEN ${calendarDay(x)}
      THEN unixepoch(${x}) * 1000000 + CASE WHEN ${exactYear} THEN 86399999999 ELSE 86399000000 END END
    WHEN ${x} NOT GLOB '*[^0-9]*' THEN ${fromEpoch(`CAST(${x} AS INTEGER)`, '0', '0')}
    WHEN ${x} GLOB '[0-9]*.[0-9]*' AND replace(${x}, '.', '') NOT GLOB '*[^0-9]*'
      AND length(replace(${x}, '.', '')) = length(${x}) - 1
      THEN ${fromEpoch(
        `CAST(${x} AS INTEGER)`,
        digits(`substr(${x}, instr(${x}, '.') + 1)`, 6),
        digits(`substr(${x}, instr(${x}, '.') + 1)`, 3),
      )}
  END`;
}

function calendarDay(x: string): string {
  return `(${x} GLOB '????????[012][0-8]*' OR date(substr(${x}, 1, 10)) = substr(${x}, 1, 10)) AND ${x} NOT GLOB '0000*'`;
}

/** µs of what stands behind the seconds: a fraction, a zone, both or nothing. NULL when it is anything else. */
function anySuffix(suffix: string, exactYear: string, x: string): string {
  const noEdge = `substr(${x}, 1, 4) NOT IN ('0001', '9999')`;
  const offset = (hour: number, minute: number | null) =>
    `(substr(${suffix}, ${hour}, 2) * 3600${minute === null ? '' : ` + substr(${suffix}, ${minute}, 2) * 60`}) * 1000000`;
  const arm = (glob: string, length: number, minute: number | null) => `
    WHEN ${suffix} GLOB '${glob}' THEN CASE
      WHEN ${noEdge} AND substr(${suffix}, ${1 - length}, 2) <= '23'
      THEN ${fractionPart(`substr(${suffix}, 1, length(${suffix}) - ${length})`, exactYear)}
        - CASE substr(${suffix}, ${-length}, 1) WHEN '-' THEN -1 ELSE 1 END * ${offset(1 - length, minute)} END`;
  return `CASE
    WHEN ${suffix} GLOB '*Z' THEN ${fractionPart(`substr(${suffix}, 1, length(${suffix}) - 1)`, exactYear)}
    ${arm('*[+-][0-9][0-9]:[0-5][0-9]', 6, -2)}
    ${arm('*[+-][0-9][0-9][0-5][0-9]', 5, -2)}
    ${arm('*[+-][0-9][0-9]', 3, null)}
    ELSE ${fractionPart(suffix, exactYear)}
  END`;
}

function fractionPart(part: string, exactYear: string): string {
  return `CASE WHEN ${part} = '' THEN 0
    WHEN ${part} GLOB '.[0-9]*' AND substr(${part}, 2) NOT GLOB '*[^0-9]*'
    THEN CASE WHEN ${exactYear} THEN ${digits(`substr(${part}, 2)`, 6)} ELSE 0 END END`;
}

/** The leading digits of a fraction as a whole number of its `places`th part. */
function digits(text: string, places: number): string {
  return `CAST(substr(${text} || '000000', 1, ${places}) AS INTEGER)`;
}

function fromEpoch(n: string, micros: string, thousandths: string): string {
  return `CASE
    WHEN ${n} >= 100000000 AND ${n} < 100000000000
      THEN ${n} * 1000000 + CASE WHEN ${n} < ${EXACT_SECONDS} THEN ${micros} ELSE 0 END
    WHEN ${n} >= 100000000000 AND ${n} < 100000000000000
      THEN CASE WHEN ${n} < ${EXACT_SECONDS}000 THEN ${n} * 1000 + ${thousandths} ELSE ${n} / 1000 * 1000000 END
    WHEN ${n} >= 100000000000000 AND ${n} < 100000000000000000
      THEN CASE WHEN ${n} < ${EXACT_SECONDS}000000 THEN ${n} ELSE ${n} / 1000000 * 1000000 END
  END`;
}

function fromReal(r: string): string {
  const unit = (from: string, to: string, limit: string, exact: string, coarse: string) => `
    WHEN ${r} >= ${from} AND ${r} < ${to} THEN CASE WHEN ${r} < ${limit}
      THEN CAST(${exact} AS INTEGER) ELSE CAST(${coarse} AS INTEGER) * 1000000 END`;
  return `CASE
    ${unit('1e8', '1e11', `${EXACT_SECONDS}.0`, `${r} * 1000000.0`, r)}
    ${unit('1e11', '1e14', `${EXACT_SECONDS}000.0`, `${r} * 1000.0`, `${r} / 1000.0`)}
    ${unit('1e14', '1e17', `${EXACT_SECONDS}000000.0`, r, `${r} / 1000000.0`)}
  END`;
}
