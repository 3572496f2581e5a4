/**
 * JSON with all digits of its integers: one that JavaScript would round is kept as the text that stood there. Throws `SyntaxError`.
 */
export function exactJson(text: string): unknown {
  // Taking each value in hand is slow; most answers have no such number.
  if (!/[0-9]{16}/.test(text)) return JSON.parse(text);
  return (JSON.parse as ExactParse)(text, (_, value, { source }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && source !== undefined ? source : value,
  );
}

/** With the third argument of its reviver, of which TypeScript does not know yet. */
type ExactParse = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;
