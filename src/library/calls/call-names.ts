import type { Firn } from './firn.ts';

/** The calls that move, delete or verify rows and files. */
export const CHANGING = [
  'archive',
  'cleanup',
  'job',
  'run',
  'pause',
  'resume',
  'reclaim',
  'verify',
  'rebuild',
  'lakeRebuild',
] as const;

/** The calls about rows: to count them, to bring them back, to erase them. */
export const FINDING = ['count', 'histogram', 'timeline', 'explain', 'export', 'restore', 'erase'] as const;

/** The calls that tell how database and archive stand, and those about holds and alarms. */
export const LOOKING = [
  'status',
  'metrics',
  'retentionStatus',
  'retentionStats',
  'plan',
  'history',
  'files',
  'file',
  'segments',
  'archiveStatistics',
  'openSegment',
  'holds',
  'addHold',
  'removeHold',
  'acknowledge',
  'lakeStatus',
  'lakeVerify',
] as const;

export type Calls<Names extends readonly (keyof Firn)[]> = Pick<Firn, Names[number]>;

/** Calls whose code is loaded when the first of them is made, so that opening is cheap. */
export function lazily<const Names extends readonly (keyof Firn)[]>(
  names: Names,
  load: () => Promise<Calls<Names>>,
): Calls<Names> {
  let loaded: Promise<Calls<Names>> | null = null;
  const call = (name: Names[number]) => {
    return async (...args: readonly unknown[]): Promise<unknown> => {
      loaded ??= load();
      const method = (await loaded)[name] as unknown as (...given: readonly unknown[]) => Promise<unknown>;
      return await method(...args);
    };
  };
  return Object.fromEntries(names.map((name) => [name, call(name)])) as Calls<Names>;
}
