/** Text that holds SQL, and not only a word of it in a sentence. */
const SQL =
  /\b(SELECT|WHERE|FROM|INSERT|UPDATE|DELETE|ORDER BY|PRAGMA|EXISTS|UNION)\b|\b(AND|OR|IS|NOT)\b.*[?=<>(]/;

/** What is looked for, and what stands there instead. */
const SWAPS: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/(?<!BETWEEN \S+) AND /g, () => ' OR '],
  [/(?<!INSERT) OR /g, () => ' AND '],
  [/ INSERT OR IGNORE /g, () => ' INSERT OR REPLACE '],
  [/ (<=|>=) /g, (found) => found.replace('=', '')],
  [/ [<>] /g, (found) => `${found.trimEnd()}= `],
  [/ IS NOT /g, () => ' IS '],
  [/ IS (?!NOT)/g, () => ' IS NOT '],
  [/NOT (?=EXISTS|IN\b|NULL\b.*THEN)/g, () => ''],
  [/ DESC\b/g, () => ' ASC'],
  [/ ASC\b/g, () => ' DESC'],
  [/ORDER BY [\w."]+(, [\w."]+)*(?=$| LIMIT|\))/g, (found) => `${found} DESC`],
  [/\bmin\(/g, () => 'max('],
  [/\bmax\(/g, () => 'min('],
  [/ UNION ALL /g, () => ' UNION '],
];

/** Each way to change one word of SQL: its place in the text, and what stands there instead. */
export function sqlSwaps(text: string): { start: number; end: number; replacement: string }[] {
  if (!SQL.test(text)) return [];
  return SWAPS.flatMap(([pattern, swap]) =>
    [...text.matchAll(pattern)].map((match) => {
      const [found] = match;
      return { start: match.index, end: match.index + found.length, replacement: swap(found) };
    }),
  );
}
