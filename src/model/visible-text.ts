/** A character by its code, `\u001b`, as JSON, YAML and JavaScript read it back. */
export function escapedSign(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** C0 without line feed and tab, DEL, C1, line separators, and what turns the direction of text. */
export const CONTROL_SIGNS: RegExp = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** A text from a database or a file as people may see it: what would control a terminal is written as `\u001b`. Line feeds and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(CONTROL_SIGNS, escapedSign);
}
