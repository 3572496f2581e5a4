import type { LinkQuestion, SampledLink } from '../../hot/hot-checkup.ts';
import { DAY_MICROS } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import { parseInstant } from '../../model/time/parse-instant.ts';
import { isOfLastChange } from './column-name.ts';
import { holdsAccounts, holdsMigrations } from './private-tables.ts';
import { findReferences, type Reference } from './references.ts';
import { sampleOf, type TableLook } from './table-look.ts';
import { findTimeColumn, type TimeColumn, timesOf } from './time-column.ts';

/** Why a table is better left alone. */
export type LeftBecause =
  | 'unreadable'
  | 'migrations'
  | 'accounts'
  | 'in_use'
  | 'living'
  | 'short_lived'
  | 'no_time';

/** What `firn init` makes of one table. `time` is the column that the age of its rows would count from. */
export type Verdict = { readonly look: TableLook; readonly time: TimeColumn | null } & (
  | { readonly kind: 'archive' }
  /** Its rows belong to the rows of a parent that is archived, and leave with them. */
  | { readonly kind: 'with'; readonly parent: string; readonly by: string }
  | { readonly kind: 'leave'; readonly because: LeftBecause; readonly reason: string }
);

/** A parent of rows that are this much younger is in use; a row that changes so much later is alive. */
const LONG = 30 * DAY_MICROS;

/** Judges all tables of a database together: what refers to what decides what can leave. */
export function judgeTables(
  looks: readonly TableLook[],
  links: (question: LinkQuestion) => readonly SampledLink[],
): readonly Verdict[] {
  const times = new Map(looks.map((look) => [look.table, findTimeColumn(look)]));
  const timeOf = (table: string): string | null => times.get(table)?.name ?? null;
  const references = findReferences(looks, timeOf, links);
  const span = Math.max(0, ...looks.map((look) => ageOf(look, times.get(look.table)!)));
  const long = Math.min(LONG, Math.max(DAY_MICROS, span / 4));
  const alone = new Map(
    looks.map((look): [string, Verdict] => {
      const time = times.get(look.table)!;
      const left = reasonToLeave(look, time, references, { span, long });
      const verdict: Verdict =
        left === null ? { look, time, kind: 'archive' } : { look, time, kind: 'leave', ...left };
      return [look.table, verdict];
    }),
  );
  const units = new Map<string, Reference>();
  for (const look of looks) {
    const verdict = alone.get(look.table)!;
    const unit =
      verdict.kind === 'archive' || isTimeless(verdict) ? unitOf(look, references, alone, long) : null;
    if (unit !== null && !belongsTo(unit.parent, look.table, units)) units.set(look.table, unit);
  }
  return looks.map((look) => {
    const verdict = alone.get(look.table)!;
    const unit = units.get(look.table);
    return unit === undefined
      ? verdict
      : { look, time: verdict.time, kind: 'with', parent: unit.parent, by: unit.column };
  });
}

/** Whether the table is the other one or its child, through any number of parents. */
function belongsTo(table: string, other: string, units: ReadonlyMap<string, Reference>): boolean {
  if (table === other) return true;
  const unit = units.get(table);
  return unit !== undefined && belongsTo(unit.parent, other, units);
}

function isTimeless(verdict: Verdict): boolean {
  return verdict.kind === 'leave' && verdict.because === 'no_time';
}

type Left = { readonly because: LeftBecause; readonly reason: string };

function reasonToLeave(
  look: TableLook,
  time: TimeColumn | null,
  references: readonly Reference[],
  { span, long }: { readonly span: number; readonly long: number },
): Left | null {
  if (look.problem !== null)
    return { because: 'unreadable', reason: `its rows could not be read: ${look.problem}` };
  if (holdsMigrations(look)) return { because: 'migrations', reason: 'it records the version of the schema' };
  if (time === null) return { because: 'no_time', reason: 'no column is the time of its rows' };
  if (holdsAccounts(look)) return { because: 'accounts', reason: 'it holds accounts or secrets' };
  const user = references.find((one) => one.parent === look.table && isLong(one.lags, long));
  if (user !== undefined) {
    const who = user.child === look.table ? 'new rows' : `new rows of ${user.child}`;
    return { because: 'in_use', reason: `${who} refer to old rows of it (${user.column})` };
  }
  const changing = livingColumn(look, time, long);
  if (changing !== null) return { because: 'living', reason: `its old rows still change (${changing})` };
  const times = timesOf(look, time);
  if (times.length > 0 && span > LONG && Math.min(...times) > look.now - 2 * DAY_MICROS)
    return { because: 'short_lived', reason: 'its rows do not stay: all of them are younger than 2 days' };
  if (isOfLastChange(time.name) && look.rows !== null && isShuffled(times))
    return { because: 'living', reason: `its rows change: ${time.name} is not in the order of insertion` };
  return null;
}

/** Where every fourth row is older than the one before it, the times are not those of the insertion. */
function isShuffled(times: readonly number[]): boolean {
  return (
    times.length >= 20 &&
    times.filter((time, at) => at > 0 && time < times[at - 1]!).length > times.length / 4
  );
}

/** How far the sampled rows go back, in microseconds. */
function ageOf(look: TableLook, time: TimeColumn | null): number {
  const times = time === null ? [] : timesOf(look, time);
  return times.length === 0 ? 0 : look.now - Math.min(...times);
}

function isLong(lags: readonly number[], long: number): boolean {
  const late = lags.filter((lag) => lag > long).length;
  return late > 0 && late >= lags.length / 10;
}

const CHANGE = /(updat|modif|chang)(e|ed|ion)?|last|^mod$/i;

/** The column that says that old rows changed long after they were written. */
function livingColumn(look: TableLook, { name: time, format }: TimeColumn, long: number): string | null {
  const written = sampleOf(look, time).map((value) => parseInstant(value, format));
  for (const { name } of look.columns) {
    if (sameWord(name, time) || !CHANGE.test(name)) continue;
    const changed = sampleOf(look, name).map((value) => parseInstant(value, format));
    const old = written.flatMap((at, row) => {
      const later = changed[row];
      return at === null || later === null || later === undefined || at > look.now - long ? [] : [later - at];
    });
    if (old.filter((delay) => delay > long).length > old.length / 2) return name;
  }
  return null;
}

/**
 * The parent whose rows a table's rows belong to: nearly every row has one, the parent is archived, and both were written
 * at about the same time, or in the same order. A table with a time of its own is a child only where a foreign key says so.
 */
function unitOf(
  look: TableLook,
  references: readonly Reference[],
  alone: ReadonlyMap<string, Verdict>,
  long: number,
): Reference | null {
  const possible = references.filter(
    ({ child, parent, declared, filled, lags, inOrder }) =>
      child === look.table &&
      parent !== look.table &&
      filled >= 0.95 &&
      (alone.get(child)!.time === null ? inOrder : declared && !isLong(lags, long)) &&
      mayLeave(alone.get(parent)!, references, alone),
  );
  return possible.find(({ declared }) => declared) ?? possible[0] ?? null;
}

function mayLeave(
  verdict: Verdict,
  references: readonly Reference[],
  alone: ReadonlyMap<string, Verdict>,
): boolean {
  if (verdict.kind === 'archive') return true;
  if (!isTimeless(verdict)) return false;
  // A parent without a time of its own may itself be a child.
  return references.some(
    ({ child, parent, filled }) =>
      child === verdict.look.table && filled >= 0.95 && alone.get(parent)!.kind === 'archive',
  );
}
