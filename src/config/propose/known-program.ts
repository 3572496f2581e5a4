import { sameWord } from '../../model/names.ts';
import type { ProgramFacts, Settings } from '../programs/program-facts.ts';
import type { TableLook } from './table-look.ts';

export interface KnownProgram extends Omit<ProgramFacts, 'left'> {
  readonly left: ReadonlyMap<string, string>;
  isIn(looks: readonly TableLook[]): boolean;
}

export function knownProgram(facts: ProgramFacts): KnownProgram {
  return {
    ...facts,
    left: new Map(Object.entries(facts.left)),
    isIn: (looks) =>
      Object.entries(facts.marks).every(([table, columns]) => {
        const look = looks.find((one) => sameWord(one.table, table));
        return look !== undefined && columns.every((column) => has(look, column));
      }),
  };
}

/** The program's policy of a table; null when it has none, or when the table lacks a column that the policy names. */
export function settingsOf({ tables }: KnownProgram, look: TableLook): Settings | null {
  const found = Object.entries(tables).find(([table]) => sameWord(table, look.table));
  if (found === undefined) return null;
  const settings = found[1];
  const { time_column: time, by = [], lookup_keys: keys = [] } = settings;
  if (![time ?? [], by].flat().every((column) => has(look, column))) return null;
  const present = [keys].flat().filter((key) => has(look, key));
  return present.length === [keys].flat().length ? settings : { ...settings, lookup_keys: present };
}

function has(look: TableLook, column: string): boolean {
  return look.columns.some(({ name }) => sameWord(name, column));
}
