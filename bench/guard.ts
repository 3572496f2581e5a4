import { type Figure, isLessBetter } from './benchmark.ts';
import type { Result } from './results.ts';

/** A ratio may be so many times worse than the recorded one. */
const TOLERANCE = 1.25;

/** What speaks against a result, in the light of the one recorded before; nothing when all is well. */
export function findWorse(now: Result, before: Result | undefined): string[] {
  if (before === undefined) return [`${now.benchmark}: nothing is recorded to check against (--record)`];
  const [rows, rowsBefore] = [now, before].map((result) => result.rows.join(', '));
  if (rows !== rowsBefore) {
    return [`${now.benchmark}: recorded with ${rowsBefore} rows, measured with ${rows}: not comparable`];
  }
  const sameMachine = now.machine.hardware === before.machine.hardware;
  return before.figures
    .filter(({ absolute, unguarded }) => !unguarded && (sameMachine || !absolute))
    .flatMap((was) => {
      const is = now.figures.find(({ name }) => name === was.name);
      if (is === undefined) return [`${was.name}: recorded, but not measured now`];
      return isWorse(is, was) ? [`${was.name}: was ${was.ratio.toFixed(2)}, is ${is.ratio.toFixed(2)}`] : [];
    });
}

/** Beyond the tolerance, and beyond the worst of the recorded rounds: a figure that always varied is not a regression. */
function isWorse(is: Figure, was: Figure): boolean {
  return isLessBetter(was.target)
    ? is.ratio > Math.max(was.ratio * TOLERANCE, was.spread?.[1] ?? 0)
    : is.ratio < Math.min(was.ratio / TOLERANCE, was.spread?.[0] ?? Number.POSITIVE_INFINITY);
}
