const SUFFIX = '(?<zone>.*)';
const EXTENDED = new RegExp(
  `^(?<date>\\d{4}-\\d\\d-\\d\\d)[Tt ](?<minutes>\\d\\d:\\d\\d)(?::(?<seconds>\\d\\d)(?:[.,](?<fraction>\\d+))?)?${SUFFIX}$`,
);
const BASIC = new RegExp(
  `^(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)[Tt](?<hour>\\d\\d)(?<minute>\\d\\d)(?:(?<seconds>\\d\\d)(?:[.,](?<fraction>\\d+))?)?${SUFFIX}$`,
);
const OFFSET = /^[+-]\d\d(?::?\d\d)?$/;
/** ` +0200`, and what Go writes behind it: the name of the zone, and what a monotonic clock read. */
const SPACED =
  /^ (?<offset>[+-]\d\d:?\d\d)(?: (?<name>[A-Za-z]{1,6}|[+-]\d\d(?:\d\d)?)(?: m=[+-]\d+\.\d+)?)?$/;

/**
 * A moment in a form that other programs write, in the form `YYYY-MM-DDTHH:MM:SS[.fraction][zone]`; null when it is none. Its digits are not
 * checked. The same in SQL: `hot/sqlite/time/later-forms-sql.ts`.
 * - no seconds, a comma before the fraction, `t` and `z`: `2026-01-05 10:20`, `2026-01-05t10:20:30,5z`
 * - basic: `20260105T102030Z`
 * - ` UTC`, ` GMT`, ` +0200` and ` +02:00`: Ruby and Go; ` +0200 CEST`, ` +0000 UTC m=+0.0001`: Go
 */
export function plainMoment(text: string): string | null {
  const found = (EXTENDED.exec(text) ?? BASIC.exec(text))?.groups;
  if (found === undefined) return null;
  const { date = `${found.year}-${found.month}-${found.day}` } = found;
  const { minutes = `${found.hour}:${found.minute}`, seconds = '00', fraction, zone } = found;
  const offset = plainZone(zone!);
  if (offset === null) return null;
  return `${date}T${minutes}:${seconds}${fraction === undefined ? '' : `.${fraction}`}${offset}`;
}

function plainZone(zone: string): string | null {
  if (zone === '') return zone;
  if (OFFSET.test(zone)) return zoneOf(zone);
  if (zone === 'Z' || zone === 'z' || zone === ' UTC' || zone === ' GMT') return 'Z';
  const { offset, name = '' } = SPACED.exec(zone)?.groups ?? {};
  if (offset === undefined) return null;
  const digits = offset.replace(':', '');
  // A name that contradicts the offset: one of them is wrong.
  if ((name === 'UTC' || name === 'GMT') && digits.slice(1) !== '0000') return null;
  if (/^[+-]/.test(name) && name.padEnd(5, '0') !== digits) return null;
  return zoneOf(offset);
}

/** No offset is `Z`, which is also taken within the years 1 and 9999. */
function zoneOf(offset: string): string {
  return /[1-9]/.test(offset) ? offset : 'Z';
}
