/** The limit of the search behind a `LimitedSearch`. */
export function oneMore(limit: number | null): number | null {
  return limit === null || limit === 0 ? limit : limit + 1;
}
