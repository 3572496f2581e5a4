/** What stands in a text of SQL where a semicolon ends no statement. */
const OPAQUE: readonly RegExp[] = [
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
  /--[^\n]*/y,
  /\/\*[\s\S]*?\*\//y,
  /\$([A-Za-z_]*)\$[\s\S]*?\$\1\$/y,
];
const OPENING = /['"]|--|\/\*|\$[A-Za-z_]*\$/y;

/** The statements of a text that end with a semicolon, without it, and what stands behind them. What has no statement is left out. */
export function takeStatements(text: string): {
  readonly statements: readonly string[];
  readonly rest: string;
} {
  const statements: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    if (matchesAt(OPENING, text, at)) {
      const opaque = OPAQUE.find((part) => matchesAt(part, text, at));
      // It has no end yet.
      if (opaque === undefined) break;
      at = opaque.lastIndex;
    } else if (text[at] === ';') {
      const statement = text.slice(start, at);
      if (statement.trim() !== '') statements.push(statement);
      start = ++at;
    } else at++;
  }
  return { statements, rest: text.slice(start) };
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
