/** One comparison: what was measured against its yardstick in the same run. */
export interface Figure {
  readonly name: string;
  /** As a person reads it: `31.2 s`, `104 MB`. */
  readonly measured: string;
  readonly yardstick: string;
  /** measured / yardstick; what is recorded and guarded. */
  readonly ratio: number;
  /** What the ratio must be: `<= 1.25`. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number };
}

export interface BenchOptions {
  readonly rows: number;
  /** Runs of each; medians count. */
  readonly runs: number;
  readonly say: (line: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(options: BenchOptions): Promise<Figure[]>;
}

export function meets({ ratio, target }: Figure): boolean {
  return 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
