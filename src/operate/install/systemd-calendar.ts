import { FirnError } from '../../model/errors.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A cron expression of five fields as values of `OnCalendar=`. Cron takes a day that fits the day of the month or the weekday where
 * both are given; systemd wants both to fit, so that one becomes two.
 */
export function calendarsOf(cron: string, timeZone: string | null): string[] {
  const [minute, hour, day, month, weekday] = cron.trim().split(/\s+/) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const time = `${listOf(minute, 0, 59, [])}`;
  const clock = `${listOf(hour, 0, 23, [])}:${time}:00${timeZone === null ? '' : ` ${timeZone}`}`;
  const months = listOf(month, 1, 12, MONTHS, 1);
  const days = listOf(day, 1, 31, []);
  const weekdays = weekdaysOf(weekday);
  const calendar = (which: string | null, date: string): string =>
    `${which === null ? '' : `${which} `}*-${months}-${date} ${clock}`;
  if (weekdays !== null && days !== '*') return [calendar(weekdays, '*'), calendar(null, days)];
  return [calendar(weekdays, days)];
}

function weekdaysOf(field: string): string | null {
  const days = valuesOf(field, 0, 7, WEEKDAYS);
  if (days === null) return null;
  return WEEKDAYS.filter((_, at) => days.has(at) || (at === 0 && days.has(7))).join(',');
}

function listOf(field: string, least: number, most: number, names: readonly string[], first = 0): string {
  const values = valuesOf(field, least, most, names, first);
  if (values === null) return '*';
  return [...values]
    .sort((a, b) => a - b)
    .map((value) => String(value).padStart(2, '0'))
    .join(',');
}

/** The values a field stands for; null for all of them. */
function valuesOf(
  field: string,
  least: number,
  most: number,
  names: readonly string[],
  first = 0,
): Set<number> | null {
  if (field === '*') return null;
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range === '*' ? [String(least), String(most)] : range.split('-');
    const start = numberOf(from, names, first, field);
    const end = to === undefined ? (part.includes('/') ? most : start) : numberOf(to, names, first, field);
    if (start < least || end > most || start > end || !(Number(step) >= 1)) refuse(field);
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

function numberOf(word: string, names: readonly string[], first: number, field: string): number {
  if (/^[0-9]+$/.test(word)) return Number(word);
  const at = names.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  return at === -1 ? refuse(field) : at + first;
}

function refuse(field: string): never {
  throw new FirnError(
    'config',
    `${JSON.stringify(field)} in a cron expression has no equivalent in systemd`,
    {
      operation: 'write the timer',
      hint: 'Use only numbers, lists, ranges and steps in the schedule, or use firn run.',
    },
  );
}
