import { lookAtTables } from '../config/propose/look.ts';
import type { TableLook } from '../config/propose/table-look.ts';
import { findTimeColumn } from '../config/propose/time-column.ts';
import { guessTimeForm, isPlausible } from '../config/propose/time-forms.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { Clock } from '../model/clock.ts';
import { type Instant, instantOfMs, parseInstant } from '../model/instant.ts';
import { sameName } from '../model/names.ts';
import type { TimeSample } from '../operate/stores.ts';
import type { HotBackend } from './hot-backend.ts';

/** Enough to see what a column's values are like. */
export const SAMPLED_ROWS = 300;

type Sampling = Pick<HotBackend, 'sampler'>;
type SchemaReader = Pick<HotReader, 'shape' | 'sideEffects'>;

/** Whether a table has a column that the age of its rows can be taken from, as `firn init` judges it. */
export async function hasTimeColumn(
  hot: Sampling,
  reader: SchemaReader,
  table: string,
  clock: Clock,
): Promise<boolean> {
  return (await proposedTime(hot, reader, table, clock)) !== null;
}

/** The column that `firn init` would propose, and the newest plausible time in a sample of it; null where there is none. */
export async function newestTime(
  hot: Sampling,
  reader: SchemaReader,
  table: string,
  clock: Clock,
): Promise<{ readonly column: string; readonly newest: Instant } | null> {
  const proposed = await proposedTime(hot, reader, table, clock);
  const times = (proposed?.look.samples.get(proposed.column) ?? [])
    .map((value) => parseInstant(value))
    .filter((time): time is Instant => time !== null && isPlausible(time, proposed!.look.now));
  if (proposed === null || times.length === 0) return null;
  return { column: proposed.column, newest: times.reduce((a, b) => (b > a ? b : a)) };
}

/** What a sample says of a column of times; null when the table has no such column. */
export async function sampleTimes(
  hot: Sampling,
  reader: Pick<HotReader, 'shape'>,
  table: string,
  column: string,
  clock: Clock,
): Promise<TimeSample | null> {
  const shape = await reader.shape(table);
  const name = shape?.columns.find((one) => sameName(one.name, column))?.name;
  if (name === undefined) return null;
  const now = instantOfMs(clock.now());
  const sample = (await hot.sampler(SAMPLED_ROWS)).values(table).get(name) ?? [];
  const values = sample.filter((value) => value !== null);
  const times = values.map((value) => parseInstant(value));
  const odd = values.filter((_, at) => times[at] === null || !isPlausible(times[at]!, now));
  const numbers = odd.filter((value) => typeof value === 'bigint' || typeof value === 'number').map(Number);
  const invalid = times.filter((time) => time === null).length;
  return {
    ...{ rows: sample.length, missing: sample.length - values.length, invalid },
    implausible: odd.length - invalid,
    form: guessTimeForm(numbers, now)?.words ?? null,
  };
}

async function proposedTime(
  hot: Sampling,
  reader: SchemaReader,
  table: string,
  clock: Clock,
): Promise<{ readonly look: TableLook; readonly column: string } | null> {
  const one: Parameters<typeof lookAtTables>[0] = {
    tables: async () => [table],
    shape: (name) => reader.shape(name),
    sideEffects: (shape) => reader.sideEffects(shape),
  };
  const [look] = await lookAtTables(one, await hot.sampler(SAMPLED_ROWS), instantOfMs(clock.now()));
  const column = look === undefined ? undefined : findTimeColumn(look)?.name;
  return look === undefined || column === undefined ? null : { look, column };
}
