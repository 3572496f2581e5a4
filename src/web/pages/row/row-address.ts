/** The page of one row, or another page about it. */
export function rowAddress(table: string, key: readonly string[], path = '/row'): string {
  return `${path}?${new URLSearchParams([['table', table], ...key.map((value): [string, string] => ['key', value])])}`;
}

/** What a visitor typed can be no option. */
export function explainCommand(table: string, key: readonly string[]): string[] {
  const words = [table, ...key];
  return ['explain', '--json', ...(words.some((word) => word.startsWith('-')) ? ['--'] : []), ...words];
}
