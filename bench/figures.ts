import type { Figure, Target } from './benchmark.ts';
import { median } from './rounds.ts';

/** Round by round: what Firn took, and what its yardstick took in the same round. */
export interface Sides {
  readonly firn: readonly number[];
  readonly yardstick: readonly number[];
}

/** Firn / yardstick: how much more it takes, or what share of the speed it keeps. */
export function ratio(name: string, sides: Sides, show: (value: number) => string, target: Target): Figure {
  return figure(name, sides, show, target, (firn, yardstick) => firn / yardstick);
}

/** yardstick / Firn, both times: how often Firn would be done while the yardstick is once. */
export function speedup(name: string, sides: Sides, show: (value: number) => string, target: Target): Figure {
  return figure(name, sides, show, target, (firn, yardstick) => yardstick / firn);
}

/** Firn against a number that was promised: at most that much, or at least. */
export function promise(
  name: string,
  firn: readonly number[],
  promised: number,
  show: (value: number) => string,
  target: Target = { atMost: 1 },
): Figure {
  const sides = { firn, yardstick: firn.map(() => promised) };
  return { ...ratio(name, sides, show, target), absolute: true };
}

/** The ratio is that of the medians; the spread is that of single rounds, each against its own neighbour. */
function figure(
  name: string,
  sides: Sides,
  show: (value: number) => string,
  target: Target,
  divide: (firn: number, yardstick: number) => number,
): Figure {
  const [ours, theirs] = [median(sides.firn), median(sides.yardstick)];
  const rounds = sides.firn.map((value, round) => divide(value, sides.yardstick[round]!));
  return {
    name,
    measured: show(ours),
    yardstick: show(theirs),
    ratio: divide(ours, theirs),
    target,
    ...(rounds.length > 1 ? { spread: [Math.min(...rounds), Math.max(...rounds)] as const } : {}),
  };
}
