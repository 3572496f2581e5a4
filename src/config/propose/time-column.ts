import type { SampledValue } from '../../hot/hot-checkup.ts';
import { asInstant, DAY_MICROS, formatInstant, type Instant } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import type { Column } from '../../model/shape.ts';
import { guessTimeForm, isPlausible, type TimeForm } from '../../model/time/likely-format.ts';
import { parseAuto, parseInstant } from '../../model/time/parse-instant.ts';
import { plausibleNumbers } from '../../model/time/plausible.ts';
import { AUTO } from '../../model/time/time-format.ts';
import { type NameHint, nameHint } from './column-name.ts';
import { isEmpty, sampleOf, type TableLook } from './table-look.ts';

export interface TimeColumn {
  readonly name: string;
  /** Why Firn proposes it. */
  readonly reason: string;
  /** `time_format`, where it is not `auto`. */
  readonly format?: string;
}

/** What a column's sample says. */
interface Evidence {
  readonly name: string;
  readonly hint: NameHint;
  readonly timeType: boolean;
  readonly rows: number;
  /** Not NULL. */
  readonly values: number;
  readonly times: readonly Instant[];
  readonly numeric: boolean;
  /** The times rarely go back from one row to the next. */
  readonly ordered: boolean;
  /** Many rows, one time: that of a migration or an import. */
  readonly constant: boolean;
  /** An index begins with it: the program itself selects rows by it. */
  readonly indexed: boolean;
  readonly keyPart: boolean;
  /** The database computes it from other columns, which may hold the time themselves. */
  readonly generated: boolean;
  readonly form: TimeForm | null;
}

const TIME_TYPE = /date|time/i;
/** The share of values that must be times. */
const USUAL = 0.8;
/** Numbers of a column whose name and type speak of no time are times only when they look like nothing else. */
const SPEAKING_SAMPLE = 20;
const YEAR = 365 * DAY_MICROS;

/** The column that a row's age most likely counts from; null when no column's values are times. */
export function findTimeColumn(look: TableLook): TimeColumn | null {
  if (look.problem !== null) return null;
  const all = look.columns.map((column) => gather(column, look));
  if (isEmpty(look)) {
    const named = best(all.filter(({ hint, timeType }) => hint.fit >= 1 || timeType));
    return named === null
      ? null
      : { name: named.name, reason: 'chosen by its name, because the table is empty' };
  }
  const found = best(all.filter((evidence) => isTime(evidence, look.now)));
  if (found !== null) return { name: found.name, reason: inWords(found) };
  const counted = best(all.filter(isCounted));
  if (counted === null) return null;
  const { name, form, values } = counted;
  const what = values === 1 ? 'the only sampled value looks' : `all ${values} sampled values look`;
  return { name, reason: `${what} like ${form!.words}`, format: form!.name };
}

/** The plausible times in a column's sample. */
export function timesOf(
  look: TableLook,
  { name, format }: Pick<TimeColumn, 'name' | 'format'>,
): readonly Instant[] {
  return plausible(sampleOf(look, name), look.now, format);
}

/** Those that a run would let leave in the end. */
function plausible(values: readonly SampledValue[], now: Instant, format: string = AUTO): readonly Instant[] {
  const bounds = plausibleNumbers(now);
  return values.flatMap((value) => {
    const instant = format === AUTO ? parseAuto(value, bounds) : parseInstant(value, format);
    return instant !== null && isPlausible(instant, now) ? [instant] : [];
  });
}

function gather(column: Column, look: TableLook): Evidence {
  const { now, indexed = [] } = look;
  const sample = sampleOf(look, column.name);
  const values = sample.filter((value) => value !== null);
  const counts = values.filter((value) => numberOf(value) !== null);
  const numbers = counts.map((value) => numberOf(value)!);
  const numeric = values.length > 0 && numbers.length >= values.length / 2;
  const times = plausible(values, now);
  const form = numeric && !isSmall(numbers) && times.length === 0 ? guessTimeForm(counts, now) : null;
  // Counted otherwise than `auto` reads them, they are in the same order.
  const inOrder = form === null ? times : counts.flatMap((value) => parseInstant(value, form.name) ?? []);
  const back = inOrder.filter((time, at) => at > 0 && time < inOrder[at - 1]!).length;
  return {
    ...{ name: column.name, hint: nameHint(column.name), timeType: TIME_TYPE.test(column.type) },
    ...{ rows: sample.length, values: values.length, times, numeric, form },
    ...{ keyPart: column.key > 0, generated: column.generated ?? false },
    ordered: inOrder.length > 1 && back <= inOrder.length * 0.05,
    constant: times.length >= SPEAKING_SAMPLE && new Set(times).size < 3,
    indexed: indexed.some((name) => sameWord(name, column.name)),
  };
}

/** Flags and counts: the smallest numbers that are times are Julian days. */
function isSmall(numbers: readonly number[]): boolean {
  return Math.max(...numbers) < 1_000_000;
}

function isTime({ times, values, numeric, hint, timeType, ordered }: Evidence, now: Instant): boolean {
  if (times.length === 0 || times.length < values * USUAL) return false;
  if (!numeric || hint.fit > 0 || timeType) return true;
  return (
    ordered &&
    times.length >= SPEAKING_SAMPLE &&
    Math.max(...times) > now - 5 * YEAR &&
    new Set(times).size > 2
  );
}

/** Whether numbers that `auto` does not read are times of some unit: nearly any numbers are, so their name must speak of it, or at least their order. */
function isCounted({ form, hint, timeType, name, values, ordered }: Evidence): boolean {
  if (form === null) return false;
  return hint.fit > 0 || timeType || (/(time|date)$/i.test(name) && ordered && values >= SPEAKING_SAMPLE);
}

function best(candidates: readonly Evidence[]): Evidence | null {
  return candidates.reduce<Evidence | null>((a, b) => (a === null || score(b) > score(a) ? b : a), null);
}

/** The better a column says how old a row is, the higher: a row without a time never moves, and a time that changes is no age. */
function score(evidence: Evidence): number {
  const { hint, timeType, rows, values, times, ordered, constant, indexed, keyPart, generated } = evidence;
  const missing = rows === 0 ? 0 : 1 - times.length / rows;
  const fit = hint.fit > 0 ? hint.fit : timeType ? 0.5 : 0;
  return (
    fit -
    (hint.changing ? 5 : 0) -
    8 * missing -
    (values > times.length ? 2 : 0) -
    // A key that is a time is that of its own row; other columns of ids are times of other rows.
    (keyPart ? (hint.fit > 0 ? 2 : -0.5) : 0) -
    (generated ? 0.6 : 0) -
    (constant ? 3 : 0) +
    (indexed ? 0.6 : 0) +
    (ordered ? 1.5 : 0)
  );
}

function inWords({ rows, values, times, hint }: Evidence): string {
  const [oldest, newest] = [Math.min(...times), Math.max(...times)].map((at) => formatInstant(asInstant(at)));
  const span = oldest === newest ? oldest : `${oldest} to ${newest}`;
  const others = values - times.length;
  const left = [
    ...(hint.changing ? ['by its name, it changes during the life of a row'] : []),
    ...(values < rows
      ? [`${rows - values} of ${rows} sampled rows have no value and will not be archived`]
      : []),
    ...(others > 0
      ? [`${others} of ${values} sampled values are not times; their rows will not be archived`]
      : []),
  ];
  const what =
    others > 0
      ? `${times.length} of ${values} sampled values are times`
      : values === 1
        ? 'the only sampled value is a time'
        : `all ${values} sampled values are times`;
  return [`${what} (${span})`, ...left].join('; ');
}

function numberOf(value: SampledValue): number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}
