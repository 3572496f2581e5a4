import { InvalidText, type SqlValue } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import { CONTROL_SIGNS, escapedSign, visibleText } from '../../model/visible-text.ts';
import type { Output } from './io.ts';
import { wantsColour } from './style.ts';

const COLOUR = /^\x1b\[[0-9]{1,3}m/;
const MOST_BYTES = 64;

/** See `visibleText`. */
export const visible: (text: string) => string = visibleText;

/** The same for an answer that is coloured already: single colours stay. */
function visibleColoured(text: string): string {
  return text.replace(CONTROL_SIGNS, (sign, at: number) =>
    sign === '\x1b' && COLOUR.test(text.slice(at, at + 6)) ? sign : escapedSign(sign),
  );
}

/** How a stream may get an answer that was styled for it. */
export function visibleOn(
  stream: { readonly isTTY: boolean },
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  return wantsColour(stream, env) ? visibleColoured : visible;
}

/** The stream, which when it is a terminal gets nothing from a row that would control it. */
export function harmlessOutput(output: Output, env: Readonly<Record<string, string | undefined>>): Output {
  if (!output.isTTY) return output;
  const clean = visibleOn(output, env);
  return {
    isTTY: true,
    get columns() {
      return output.columns;
    },
    write: (chunk) => output.write(clean(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())),
    drained: () => output.drained(),
  };
}

/** A value in words, on one line: bytes as `x'00ff'`, long ones with their length. Null for NULL. */
export function valueWords(value: SqlValue): string | null {
  if (value instanceof Uint8Array) return bytesWords(value);
  if (value instanceof InvalidText) return bytesWords(value.bytes);
  const text = valueText(value);
  return text === null ? null : visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

export function bytesWords(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MOST_BYTES)).toString('hex');
  return bytes.length > MOST_BYTES ? `x'${hex}…' (${bytes.length} bytes)` : `x'${hex}'`;
}
