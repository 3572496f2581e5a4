import assert from 'node:assert/strict';

export type Patterns = readonly (readonly [pattern: RegExp, why: string])[];

/** Numbers of a JSON answer by their path: `database[texts].policy.hot_days`. Elements of a list are named by what they are about. */
export function figuresOf(json: unknown, path = ''): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (value: unknown, at: string): void => {
    if (typeof value === 'number') found.set(at, value);
    else if (Array.isArray(value))
      for (const [n, one] of value.entries()) walk(one, `${at}[${nameOf(one) ?? n}]`);
    else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) walk(one, at === '' ? key : `${at}.${key}`);
  };
  walk(json, path);
  return found;
}

/** Samples of metrics in the text format of Prometheus, by name and labels. */
export function samplesOf(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/**
 * Every figure is either equal to the one expected, or on the list of those that are not compared, with the reason. A figure that is
 * neither fails, and so does one that is expected and missing.
 * @param unchecked patterns of paths, and why they are not compared
 * @param known patterns of figures that are known to be wrong, and whose they are to mend: each must be wrong somewhere still
 */
export function assertEveryFigure(
  said: ReadonlyMap<string, number>,
  expected: Readonly<Record<string, number>>,
  unchecked: Patterns,
  known: Patterns,
  what: string,
): void {
  const wrong: string[] = [];
  const isKnown = (path: string): boolean => known.some(([pattern]) => pattern.test(path));
  for (const [path, value] of said) {
    const wanted = expected[path];
    if (wanted !== undefined) {
      if (Math.abs(value - wanted) > Math.abs(wanted) * 1e-9)
        wrong.push(`${path} is ${value}, counted ${wanted}`);
    } else if (!unchecked.some(([pattern]) => pattern.test(path))) {
      wrong.push(`${path} (${value}) is neither compared nor on the list of what is not`);
    }
  }
  for (const path of Object.keys(expected)) if (!said.has(path)) wrong.push(`${path} is missing`);
  assert.deepEqual(
    wrong.filter((line) => !isKnown(line)),
    [],
    what,
  );
  for (const [pattern, why] of known)
    assert.ok(
      wrong.some((line) => pattern.test(line)),
      `${pattern} is right in ${what}: take it off the list (${why})`,
    );
}

function nameOf(one: unknown): string | null {
  if (typeof one !== 'object' || one === null) return null;
  const { table, job, segment, what } = one as Record<string, unknown>;
  const names = [table, job, segment, what].filter((name) => typeof name === 'string');
  return names.length === 0 ? null : names.join(' ');
}
