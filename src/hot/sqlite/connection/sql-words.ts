/** Quoted names, texts and comments of SQL, and bare words. */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Whether a statement has a keyword outside of quoted names, texts and comments. */
export function hasKeyword(sql: string, keyword: string): boolean {
  const wanted = keyword.toUpperCase();
  return sql.match(TOKEN)?.some((token) => token.toUpperCase() === wanted) ?? false;
}
