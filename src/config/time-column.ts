import { parseInstant } from '../model/instant.ts';
import { sameName } from '../model/names.ts';
import type { Column } from '../model/shape.ts';

export type SampleValue = null | bigint | number | string | Uint8Array;

/** What is known of a table when a configuration is proposed. */
export interface TableLook {
  readonly table: string;
  readonly columns: readonly Column[];
  /** Some values of the columns that `timeCandidates` names, by column. */
  readonly samples: ReadonlyMap<string, readonly SampleValue[]>;
}

export interface TimeColumn {
  readonly name: string;
  /** Why it is taken for one, in words. */
  readonly reason: string;
}

/** Names that say when a row came to be, the best first. Times that change later (`updated_at`) are no age. */
const AGE_NAMES = [
  /^(timestamp|ts|time|event_?time)$/i,
  /^(created|inserted|logged|occurred|recorded|received|sent)(_?(at|on|time|date|ts|utc))?$/i,
  /^(start|started|begin|begun|opened)(_?(at|on|time|date|ts))?$/i,
  /^(date|day|datetime)$/i,
  /_?(at|time|timestamp|date|ts|on)$/i,
];
const CHANGING = /updat|modif|delet|expir|due|last|end|finish|complet|clos|next|read_/i;
const TIME_TYPE = /^(date|time|timestamp)/i;

/** Columns that may hold a row's time, to judge by their name and type, the likeliest first. */
export function timeCandidates(columns: readonly Column[]): readonly string[] {
  return columns
    .map((column) => ({ name: column.name, rank: rank(column) }))
    .filter((candidate): candidate is { name: string; rank: number } => candidate.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

/** The column that a row's age most likely counts from; null when no candidate's sample is times. */
export function findTimeColumn({ columns, samples }: TableLook): TimeColumn | null {
  const judged = timeCandidates(columns).map((name) => ({ name, ...judge(sampleOf(samples, name)) }));
  const proven = judged.find(({ times, values }) => values > 0 && times === values);
  if (proven !== undefined) {
    const all =
      proven.values === 1
        ? 'the only value looked at is a time'
        : `all ${proven.values} values looked at are times`;
    return { name: proven.name, reason: `${all}, such as ${proven.example}` };
  }
  const usual = judged.find(({ times, values }) => times >= values * 0.8 && times > 0);
  if (usual !== undefined) {
    return {
      name: usual.name,
      reason: `${usual.times} of ${usual.values} values looked at are times, such as ${usual.example}; rows with others never move`,
    };
  }
  const unseen = judged.find(({ values }) => values === 0);
  return unseen === undefined ? null : { name: unseen.name, reason: 'by its name: it holds no values yet' };
}

function rank({ name, type, key }: Column): number | null {
  const byName = AGE_NAMES.findIndex((pattern) => pattern.test(name));
  if (byName < 0 && !TIME_TYPE.test(type)) return null;
  return (byName < 0 ? AGE_NAMES.length : byName) + (CHANGING.test(name) ? 10 : 0) + (key > 0 ? 20 : 0);
}

function sampleOf(samples: TableLook['samples'], name: string): readonly SampleValue[] {
  for (const [column, values] of samples) if (sameName(column, name)) return values;
  return [];
}

function judge(sample: readonly SampleValue[]): { times: number; values: number; example: string } {
  const values = sample.filter((value) => value !== null);
  const times = values.filter((value) => parseInstant(value) !== null);
  return { times: times.length, values: values.length, example: String(times[0]) };
}
