/** A word as the POSIX shell takes it unchanged. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line as the POSIX shell takes it. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
