import { stringify } from 'yaml';
import { escapedSign } from '../../model/visible-text.ts';

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const KEYWORD = /^(true|false|null|yes|no|on|off|y|n)$/i;
const DURATION = /^\d+[dwmy]$/;
/** A text with line feeds is written with escapes, however long it is: a key has to be on one line. */
const ONE_LINE = {
  defaultStringType: 'QUOTE_DOUBLE',
  lineWidth: 0,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;

/** A value as YAML, on one line. */
export function yamlText(value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.map((one) => yamlText(one)).join(', ')}]`;
  if (DURATION.test(value) || (PLAIN.test(value) && !KEYWORD.test(value))) return value;
  const text = stringify(value, ONE_LINE).trimEnd();
  // Characters that some readers take for the end of a line, or that change a terminal.
  return text.replaceAll(/[\x7f-\x9f\u2028\u2029]/g, escapedSign);
}

/** A comment below `tables`, in lines of at most 110 characters. */
export function comment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  # ${word}`);
  }
  return lines;
}
