import { distance } from 'fastest-levenshtein';

/** A name as SQLite compares it: `A`–`Z` fold to `a`–`z`, every other character stands for itself. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** True when SQLite takes both for the same table or column. */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** The known names, most similar first: those that begin with `name`, then by edit distance. */
export function byNearness(name: string, known: Iterable<string>): string[] {
  const wanted = foldName(name);
  return [...known]
    .map((candidate) => ({
      candidate,
      begins: beginsWith(candidate, name),
      steps: distance(wanted, foldName(candidate)),
    }))
    .sort((a, b) => Number(b.begins) - Number(a.begins) || a.steps - b.steps)
    .map(({ candidate }) => candidate);
}

/** One letter is too little to tell what was meant. */
function beginsWith(candidate: string, name: string): boolean {
  return name.length > 1 && foldName(candidate).startsWith(foldName(name));
}

/** The known name that `name` was probably meant to be; null when none is similar. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const [nearest] = byNearness(name, known);
  if (nearest === undefined) return null;
  if (beginsWith(nearest, name)) return nearest;
  const steps = distance(foldName(name), foldName(nearest));
  return steps <= Math.max(1, Math.floor(nearest.length / 2)) ? nearest : null;
}
