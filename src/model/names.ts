import { distance } from 'fastest-levenshtein';

/** A name as SQLite compares it: `A`–`Z` fold to `a`–`z`, every other character stands for itself. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** True when SQLite takes both for the same table or column. */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** The known names, those most like `name` first. */
export function byNearness(name: string, known: Iterable<string>): string[] {
  const wanted = foldName(name);
  return [...known]
    .map((candidate) => ({ candidate, steps: distance(wanted, foldName(candidate)) }))
    .sort((a, b) => a.steps - b.steps)
    .map(({ candidate }) => candidate);
}

/** The known name that `name` was probably meant to be; null when none is like it. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const [nearest] = byNearness(name, known);
  if (nearest === undefined) return null;
  const steps = distance(foldName(name), foldName(nearest));
  return steps <= Math.max(2, Math.floor(nearest.length / 2)) ? nearest : null;
}
