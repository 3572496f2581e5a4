import type { LinkQuestion, ParentTime, SampledLink } from '../../hot/hot-checkup.ts';
import { sameWord } from '../../model/names.ts';
import { parseInstant } from '../../model/time/parse-instant.ts';
import type { TableLook } from './table-look.ts';

/** A column whose values are keys of another table, declared as a foreign key or found by name and values. */
export interface Reference {
  readonly child: string;
  readonly column: string;
  readonly parent: string;
  readonly declared: boolean;
  /** The share of the newest rows that refer to a row, 0 to 1. */
  readonly filled: number;
  /** How much later these rows are than the rows they refer to, in microseconds, ascending. Empty where one of the tables has no time. */
  readonly lags: readonly number[];
  /** In the order of insertion, the rows refer to younger and younger rows. True where the parent has no time. */
  readonly inOrder: boolean;
}

/** The share of the keys that the parent must have. */
const USUAL = 0.8;
/** Too few keys of an undeclared reference agree by chance. */
const SPEAKING = 3;

/** Every reference by one column between these tables that the newest rows bear out. */
export function findReferences(
  looks: readonly TableLook[],
  timeOf: (table: string) => string | null,
  links: (question: LinkQuestion) => readonly SampledLink[],
): readonly Reference[] {
  return looks.flatMap((look) => {
    const possible = candidates(look, looks);
    const own = timeOf(look.table);
    return possible.flatMap((one) => {
      // Rows without a time are as old as what else they belong to.
      const childTime = own ?? timeByOther(possible, one, timeOf);
      const { column, parent, parentColumn } = one;
      const question = { child: look.table, column, parent, parentColumn };
      return referenceOf(one, look, links({ ...question, childTime, parentTime: timeOf(parent) }));
    });
  });
}

function timeByOther(
  possible: readonly Candidate[],
  { column: asked }: Candidate,
  timeOf: (table: string) => string | null,
): ParentTime | null {
  for (const { column, parent, parentColumn } of possible) {
    const time = timeOf(parent);
    if (column !== asked && time !== null) return { column, parent, parentColumn, time };
  }
  return null;
}

function referenceOf(
  { column, parent, declared }: Candidate,
  { table }: TableLook,
  sampled: readonly SampledLink[],
): readonly Reference[] {
  const keys = sampled.filter(({ refers }) => refers);
  const found = keys.filter((link) => link.found);
  if (found.length < keys.length * USUAL || found.length < (declared ? 1 : SPEAKING)) return [];
  const times = found.flatMap(({ parentTime }) => parseInstant(parentTime) ?? []);
  const back = times.filter((time, at) => at > 0 && time > times[at - 1]!).length;
  return [
    {
      ...{ child: table, column, parent, declared, filled: keys.length / sampled.length },
      ...{ lags: lagsOf(found), inOrder: back <= times.length / 10 },
    },
  ];
}

function lagsOf(links: readonly SampledLink[]): number[] {
  return links
    .flatMap(({ childTime, parentTime }) => {
      const [child, parent] = [parseInstant(childTime), parseInstant(parentTime)];
      return child === null || parent === null ? [] : [child - parent];
    })
    .sort((a, b) => a - b);
}

interface Candidate {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly declared: boolean;
}

function candidates(look: TableLook, looks: readonly TableLook[]): readonly Candidate[] {
  const declared = (look.foreignKeys ?? []).flatMap(
    ({ columns, parent, parentColumns, exists }): Candidate[] => {
      const known = looks.find(({ table }) => sameWord(table, parent));
      if (known === undefined || columns.length !== 1 || !exists) return [];
      return [{ column: columns[0]!, parent: known.table, parentColumn: parentColumns[0]!, declared: true }];
    },
  );
  const others = look.columns.filter(({ name }) => declared.every(({ column }) => !sameWord(column, name)));
  const byName = others.flatMap(({ name }): Candidate[] => {
    const parent = namedParent(name, look, looks);
    const parentColumn = parent && onlyKey(parent);
    return parent && parentColumn
      ? [{ column: name, parent: parent.table, parentColumn, declared: false }]
      : [];
  });
  return [...declared, ...byName];
}

/** `chat_id`, `chatId`, `chat_rowid` and `chat_row_id` name a table `chat`, `chats` or `app_chats`; `parent` and `parent_id` the table itself. */
function namedParent(column: string, look: TableLook, looks: readonly TableLook[]): TableLook | null {
  const folded = column.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  if (folded === 'parent' || folded === 'parent_id') return look;
  const stem = /^(.+?)_(id|row_?id|uuid)$/.exec(folded)?.[1];
  if (stem === undefined) return null;
  const called = looks.map((other) => ({ other, name: singular(other.table.toLowerCase()) }));
  const exact = called.filter(({ name }) => name === stem);
  const longer = called.filter(({ name }) => name.endsWith(`_${stem}`) || stem.endsWith(`_${name}`));
  const [found, ...more] = exact.length > 0 ? exact : longer;
  return found === undefined || more.length > 0 ? null : found.other;
}

function singular(name: string): string {
  return name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.replace(/(?<=[sx])es$|(?<!s)s$/, '');
}

function onlyKey({ columns }: TableLook): string | undefined {
  const keys = columns.filter(({ key }) => key > 0);
  return keys.length === 1 ? keys[0]!.name : undefined;
}
