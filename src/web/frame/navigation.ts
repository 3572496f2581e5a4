/** The pages that can be reached from every page: path and name. */
export const NAVIGATION: readonly (readonly [path: string, name: string])[] = [
  ['/', 'Overview'],
  ['/search', 'Search'],
  ['/archives', 'Archives'],
  ['/policies', 'Policies'],
  ['/runs', 'Runs'],
  ['/holds', 'Holds'],
  ['/sql', 'SQL'],
  ['/restore', 'Restore'],
];
