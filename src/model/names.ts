import { distance } from 'fastest-levenshtein';

/** A word of the configuration or of the command line, as all words are compared: `A`–`Z` fold to `a`–`z`. Names of a database: see `Dialect`. */
export function foldWord(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** True when both are the same word. The table of a policy is a word too. */
export function sameWord(a: string, b: string): boolean {
  return foldWord(a) === foldWord(b);
}

/** The name that a word stands for: the very name, else one that differs in case alone. */
export function byWord(names: readonly string[], word: string): string | undefined {
  return names.includes(word) ? word : names.find((name) => sameWord(name, word));
}

/** The known names, most similar first: those that begin with `name`, then by edit distance. */
export function byNearness(name: string, known: Iterable<string>): string[] {
  const wanted = foldWord(name);
  return [...known]
    .map((candidate) => ({
      candidate,
      begins: beginsWith(candidate, name),
      steps: distance(wanted, foldWord(candidate)),
    }))
    .sort((a, b) => Number(b.begins) - Number(a.begins) || a.steps - b.steps)
    .map(({ candidate }) => candidate);
}

/** One letter is too little to tell what was meant. */
function beginsWith(candidate: string, name: string): boolean {
  return name.length > 1 && foldWord(candidate).startsWith(foldWord(name));
}

/** The known name that `name` was probably meant to be; null when none is similar. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const [nearest] = byNearness(name, known);
  if (nearest === undefined) return null;
  if (beginsWith(nearest, name)) return nearest;
  const steps = distance(foldWord(name), foldWord(nearest));
  return steps <= Math.max(1, Math.floor(nearest.length / 2)) ? nearest : null;
}
