import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figure } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import type { Machine } from './machine.ts';

/** What one benchmark measured, where, when and with what. */
export interface Result {
  readonly benchmark: string;
  readonly about: string;
  readonly machine: Machine;
  /** UTC ISO 8601. */
  readonly date: string;
  /** Rows of the databases. */
  readonly rows: readonly number[];
  readonly runs: number;
  readonly figures: readonly Figure[];
  readonly warnings: readonly string[];
}

const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));
const RECORDED = fileURLToPath(new URL('./recorded.json', import.meta.url));

/** The last result of each benchmark is kept, but not in git. */
export function keepResult(result: Result): void {
  mkdirSync(RESULTS, { recursive: true });
  write(`${RESULTS}${result.benchmark}.json`, result);
}

/** What later runs are checked against, and docs/performance.md tells; null when nothing was ever recorded. */
export function recordedResults(): readonly Result[] | null {
  return existsSync(RECORDED) ? (JSON.parse(readFileSync(RECORDED, 'utf8')) as Result[]) : null;
}

/** Puts a result in the place of the one recorded before; those of other benchmarks stay. */
export function record(result: Result): void {
  const others = (recordedResults() ?? []).filter(({ benchmark }) => benchmark !== result.benchmark);
  const order = BENCHMARKS.map(({ name }) => name);
  const place = ({ benchmark }: Result): number => order.indexOf(benchmark);
  write(
    RECORDED,
    [...others, result].sort((a, b) => place(a) - place(b)),
  );
}

function write(path: string, content: unknown): void {
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}
