/** What a ratio must be; or, where nothing was promised, which way is better. */
export type Target =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly better: 'less' | 'more' };

/** One comparison: what was measured against its yardstick in the same run. */
export interface Figure {
  readonly name: string;
  /** As a person reads it: `31.2 s`, `104 MB`. */
  readonly measured: string;
  readonly yardstick: string;
  /** measured / yardstick, or the other way round as the name says; what is recorded and guarded. */
  readonly ratio: number;
  readonly target: Target;
  /** Lowest and highest ratio of single rounds, where there were several. */
  readonly spread?: readonly [low: number, high: number];
  /** The yardstick is a number and no measurement: the ratio means something on one machine only. */
  readonly absolute?: true;
  /** For orientation: it says what the machine does and not what Firn does, so nothing is guarded. */
  readonly unguarded?: true;
}

export interface BenchOptions {
  readonly rows: number;
  /** Runs of each; medians count. */
  readonly runs: number;
  /** Rows of the databases over which growth and memory are compared, ascending. */
  readonly sizes: readonly number[];
  /** Rows of the database whose status is asked for. */
  readonly statusRows: number;
  readonly searchRows: number;
  /** Progress, for whoever waits. */
  readonly say: (line: string) => void;
  /** What makes the figures less than they should be; repeated beneath the table and kept with the figures. */
  readonly warn: (line: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Which of the options says how many rows it works on; `rows` when nothing is said. */
  readonly sizedBy?: 'sizes' | 'statusRows' | 'searchRows';
  run(options: BenchOptions): Promise<Figure[]>;
}

/** Null where nothing was promised. */
export function meets({ ratio, target }: Pick<Figure, 'ratio' | 'target'>): boolean | null {
  if ('atMost' in target) return ratio <= target.atMost;
  return 'atLeast' in target ? ratio >= target.atLeast : null;
}

export function isLessBetter(target: Target): boolean {
  return 'atMost' in target || ('better' in target && target.better === 'less');
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function count(rows: number): string {
  return Math.round(rows).toLocaleString('en-US');
}

export function rowsPerSecond(rows: number, ms: number): string {
  return `${count((rows / ms) * 1000)} rows/s`;
}
