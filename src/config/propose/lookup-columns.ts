import { sampleOf, type TableLook } from './table-look.ts';

const MOST = 5;
const LONGEST_NAME = 200;

/** Columns of ids that searches will name: filled, and not the same in all rows. The primary key is looked up anyway. */
export function lookupColumns(look: TableLook): readonly string[] {
  return look.columns
    .filter(
      ({ name, key }) => key === 0 && /(_id|[a-z]Id|_uuid|_rowid)$/.test(name) && name.length <= LONGEST_NAME,
    )
    .filter(({ name }) => isTelling(look, name))
    .map(({ name }) => name)
    .slice(0, MOST);
}

function isTelling(look: TableLook, name: string): boolean {
  const values = sampleOf(look, name);
  if (values.length === 0) return true;
  const filled = values.filter((value) => value !== null && value !== '' && value !== 0n);
  return filled.length > values.length / 20 && (values.length < 20 || new Set(filled).size > 1);
}
