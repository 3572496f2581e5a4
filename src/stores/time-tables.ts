import { lookAtTables } from '../config/propose/look.ts';
import type { TableLook } from '../config/propose/table-look.ts';
import { findTimeColumn, type TimeColumn, timesOf } from '../config/propose/time-column.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { Clock } from '../model/clock.ts';
import { type Instant, instantOfMs } from '../model/instant.ts';
import { sameWord } from '../model/names.ts';
import { judgeTime } from '../model/time/judge-time.ts';
import { guessTimeForm, isPlausible } from '../model/time/likely-format.ts';
import { parseInstant } from '../model/time/parse-instant.ts';
import { AUTO, type TimeSource } from '../model/time/time-format.ts';
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
  const times = proposed === null ? [] : timesOf(proposed.look, proposed.time);
  if (proposed === null || times.length === 0) return null;
  return { column: proposed.time.name, newest: times.reduce((a, b) => (b > a ? b : a)) };
}

/** What a sample says of a column of times; null when the table has no such column. */
export async function sampleTimes(
  hot: Sampling,
  reader: Pick<HotReader, 'shape'>,
  table: string,
  source: TimeSource,
  clock: Clock,
): Promise<TimeSample | null> {
  const shape = await reader.shape(table);
  const name = shape?.columns.find((one) => sameWord(one.name, source.timeColumn))?.name;
  if (name === undefined) return null;
  const { timeFormat: format = AUTO } = source;
  const now = instantOfMs(clock.now());
  const sample = (await hot.sampler(SAMPLED_ROWS)).values(table).get(name) ?? [];
  const values = sample.filter((value) => value !== null);
  const odd = values.filter((value) => {
    const { instant } = judgeTime(value, source, now);
    return instant === null || !isPlausible(instant, now);
  });
  const numbers = odd.filter((value) => typeof value === 'bigint' || typeof value === 'number');
  const invalid = values.filter((value) => parseInstant(value, format) === null).length;
  const form = format === AUTO ? guessTimeForm(numbers, now) : null;
  return {
    ...{ rows: sample.length, missing: sample.length - values.length, invalid },
    implausible: odd.length - invalid,
    form: form === null ? null : `${form.words} (\`time_format: ${form.name}\`)`,
  };
}

async function proposedTime(
  hot: Sampling,
  reader: SchemaReader,
  table: string,
  clock: Clock,
): Promise<{ readonly look: TableLook; readonly time: TimeColumn } | null> {
  const one: Parameters<typeof lookAtTables>[0] = {
    tables: async () => [table],
    shape: (name) => reader.shape(name),
    sideEffects: (shape) => reader.sideEffects(shape),
  };
  const [look] = await lookAtTables(one, await hot.sampler(SAMPLED_ROWS), instantOfMs(clock.now()));
  const time = look === undefined ? null : findTimeColumn(look);
  return look === undefined || time === null ? null : { look, time };
}
