import { EXACT_SECONDS } from '../../../model/instant.ts';
import type { NumberBounds } from '../../../model/time/plausible.ts';

/**
 * The forms of `auto` that every version of Firn reads (`parseFirst`), as SQL.
 *
 * SQLite's own date functions are lenient (`24:00`, 31 February, several spaces), so the shape is pinned by GLOB first, which
 * leaves them the digits to check, and days behind the 28th are made to come back the same.
 */
export function firstFormsSql(column: string, bounds: NumberBounds): string {
  return `CASE typeof(${column})
    WHEN 'text' THEN CASE WHEN instr(${column}, char(0)) = 0 THEN ${fromText(column, bounds)} END
    WHEN 'integer' THEN ${fromEpoch(column, '0', '0', bounds)}
    WHEN 'real' THEN ${fromReal(column, bounds)}
  END`;
}

/** Of a text that has no NUL in it. */
function fromText(x: string, bounds: NumberBounds): string {
  return `CASE
    ${momentArms(x)}
    WHEN ${x} GLOB '????-??-??' THEN CASE WHEN ${calendarDay(x)}
      THEN unixepoch(${x}) * 1000000 + CASE WHEN ${isExactYear(x)} THEN 86399999999 ELSE 86399000000 END END
    WHEN ${isDigits(x)} THEN ${fromEpoch(`CAST(${x} AS INTEGER)`, '0', '0', bounds)}
    WHEN ${isDecimal(x)}
      THEN ${fromEpoch(`CAST(${x} AS INTEGER)`, fractionDigits(x, 6), fractionDigits(x, 3), bounds)}
  END`;
}

/** Of a text in the form `YYYY-MM-DD[T ]HH:MM:SS[.fraction][zone]`. */
export function momentSql(x: string): string {
  return `CASE ${momentArms(x)} END`;
}

/** Whether the years of a text are near enough to 1970 for fractions of a second. */
function isExactYear(x: string): string {
  // `+` takes the column's affinity away, which would turn '1700' into a number.
  return `+${x} COLLATE BINARY >= '1700' AND +${x} COLLATE BINARY < '2200'`;
}

function momentArms(x: string): string {
  const exactYear = isExactYear(x);
  const seconds = `unixepoch(substr(${x}, 1, 19)) * 1000000`;
  const moment = (suffix: string, micros: string) =>
    `WHEN ${x} GLOB '????-??-??[T ]??:??:??${suffix}' THEN CASE WHEN ${x} NOT GLOB '???????????24*' AND ${calendarDay(x)}
      THEN ${seconds} + ${micros} END`;
  const fraction = (micros: string) => `CASE WHEN ${exactYear} THEN ${micros} ELSE 0 END`;
  return `
    ${moment('.[0-9][0-9][0-9][0-9][0-9][0-9]Z', fraction(`substr(${x}, 21, 6)`))}
    ${moment('.[0-9][0-9][0-9]Z', fraction(`substr(${x}, 21, 3) * 1000`))}
    ${moment('Z', '0')}
    ${moment('', '0')}
    ${moment('*', anySuffix(`substr(${x}, 20)`, exactYear, x))}`;
}

export function isDigits(x: string): string {
  return `${x} NOT GLOB '*[^0-9]*'`;
}

/** Digits with one point among them. */
export function isDecimal(x: string): string {
  return `${x} GLOB '[0-9]*.[0-9]*' AND replace(${x}, '.', '') NOT GLOB '*[^0-9]*'
      AND length(replace(${x}, '.', '')) = length(${x}) - 1`;
}

/** The digits behind the point as a whole number of so many places. */
export function fractionDigits(x: string, places: number): string {
  return digits(`substr(${x}, instr(${x}, '.') + 1)`, places);
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
  return `CAST(substr(${text} || '${'0'.repeat(places)}', 1, ${places}) AS INTEGER)`;
}

function fromEpoch(n: string, micros: string, thousandths: string, { s, ms, us }: NumberBounds): string {
  return `CASE
    WHEN ${n} >= ${s[0]} AND ${n} < ${s[1]}
      THEN ${n} * 1000000 + CASE WHEN ${n} < ${EXACT_SECONDS} THEN ${micros} ELSE 0 END
    WHEN ${n} >= ${ms[0]} AND ${n} < ${ms[1]}
      THEN CASE WHEN ${n} < ${EXACT_SECONDS}000 THEN ${n} * 1000 + ${thousandths} ELSE ${n} / 1000 * 1000000 END
    WHEN ${n} >= ${us[0]} AND ${n} < ${us[1]}
      THEN CASE WHEN ${n} < ${EXACT_SECONDS}000000 THEN ${n} ELSE ${n} / 1000000 * 1000000 END
  END`;
}

function fromReal(r: string, { s, ms, us }: NumberBounds): string {
  const unit = ([from, to]: NumberBounds['s'], limit: string, exact: string, coarse: string) => `
    WHEN ${r} >= ${from} AND ${r} < ${to} THEN CASE WHEN ${r} < ${limit}
      THEN CAST(${exact} AS INTEGER) ELSE CAST(${coarse} AS INTEGER) * 1000000 END`;
  return `CASE
    ${unit(s, `${EXACT_SECONDS}.0`, `${r} * 1000000.0`, r)}
    ${unit(ms, `${EXACT_SECONDS}000.0`, `${r} * 1000.0`, `${r} / 1000.0`)}
    ${unit(us, `${EXACT_SECONDS}000000.0`, r, `${r} / 1000000.0`)}
  END`;
}
