import { hash } from 'node:crypto';
import type { LakeFile } from '../../format/lake/lake-file.ts';
import { lakeDayPath, lakeMonthPath } from '../../format/lake/lake-path.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { foldWord } from '../../model/names.ts';
import { LAKE_RULES } from '../lake-of.ts';

/** A file that the lake is to have. */
export interface WantedFile {
  readonly path: string;
  readonly table: string;
  /** `YYYY-MM-DD` of a warm segment, `YYYY-MM` of a bundle. */
  readonly period: string;
  /** In the order of the rows. */
  readonly segments: readonly Receipt[];
}

/** The files of a lake that is in step: one for each archived segment in warm, one for each table of a bundle. In the order of paths. */
export function wantedFiles(receipts: readonly Receipt[]): readonly WantedFile[] {
  const archived = receipts.filter(({ state }) => state === 'archived');
  const days = archived
    .filter(({ tier }) => tier === 'warm')
    .map((receipt) => ({
      ...{ path: lakeDayPath(receipt.segment), table: receipt.table, period: receipt.day },
      segments: [receipt],
    }));
  const cold = archived
    .filter(({ tier }) => tier === 'cold')
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.part - b.part));
  const months = [
    ...Map.groupBy(cold, ({ table, day }) => `${monthOf(day)} ${foldWord(table)}`).values(),
  ].map((segments) => {
    const { segment, table, day } = segments.at(-1)!;
    const content = segments.map((one) => `${one.segment} ${one.digest}`).join('\n');
    const path = lakeMonthPath(segment, hash('sha256', `${LAKE_RULES}\n${content}`, 'hex'));
    return { path, table, period: monthOf(day), segments };
  });
  return [...days, ...months].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a file is there as the lake is to have it, as far as its record tells. */
export function isMade({ path, segments }: WantedFile, record: LakeFile | undefined): boolean {
  return (
    record?.state === 'whole' &&
    record.path === path &&
    record.rules === LAKE_RULES &&
    record.segments.length === segments.length &&
    record.segments.every(({ name, seal }, at) => {
      const { segment, digest } = segments[at]!;
      return name === segment && seal === digest;
    })
  );
}

/** Whether every segment of a file is archived with the seal that the file was made from. */
export function isOfArchived({ segments }: LakeFile, known: ReadonlyMap<string, Receipt>): boolean {
  return segments.every(({ name, seal }) => {
    const receipt = known.get(name);
    return receipt?.state === 'archived' && receipt.digest === seal;
  });
}

function monthOf(day: string): string {
  return day.slice(0, 'YYYY-MM'.length);
}
