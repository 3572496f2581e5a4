/** A character by its code, `\u001b`, as JSON, YAML and JavaScript read it back. */
export function escapedSign(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
