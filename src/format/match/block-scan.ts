import type { Instant } from '../../model/instant.ts';
import { countLines } from '../segment/block-check.ts';
import { type Finder, foldedFinder } from './folded-search.ts';
import type { LineMatcher } from './line-match.ts';

/** A line that matches. */
export interface ScannedLine {
  /** A copy of its bytes, line feed included. */
  readonly line: Buffer;
  readonly time: Instant;
  /** 0-based position of the line in its block. */
  readonly index: number;
}

const LINE_FEED = 0x0a;

/** The matching lines of a block's text, in order. Lines without the needle are passed over as bytes. */
export function scanBlock(text: Uint8Array, matcher: LineMatcher): ScannedLine[] {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const found: ScannedLine[] = [];
  const next = finder(bytes, matcher);
  let [index, counted] = [0, 0];
  for (let at = next(0); at >= 0; ) {
    const start = bytes.lastIndexOf(LINE_FEED, at) + 1;
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed < 0 ? bytes.length : feed + 1;
    const line = bytes.subarray(start, end);
    const time = matcher.match(line);
    if (time !== null) {
      index += countLines(bytes.subarray(counted, start));
      counted = start;
      found.push({ line: Buffer.from(line), time, index });
    }
    at = end < bytes.length ? next(end) : -1;
  }
  return found;
}

/** Gives the place, from an offset on, of a byte within the next line that may match; -1 when there is none. */
function finder(bytes: Buffer, { needle }: LineMatcher): Finder {
  if (needle === null) return (from) => (from < bytes.length ? from : -1);
  if (needle.folded)
    return foldedFinder(bytes, needle.or === null ? [needle.bytes] : [needle.bytes, needle.or]);
  const first = exactFinder(bytes, needle.bytes);
  if (needle.or === null) return first;
  const second = exactFinder(bytes, needle.or);
  return (from) => {
    const [a, b] = [first(from), second(from)];
    return a < 0 || b < 0 ? Math.max(a, b) : Math.min(a, b);
  };
}

/** Each byte is searched once, however often it is asked. */
function exactFinder(bytes: Buffer, wanted: Buffer): Finder {
  let found = -2;
  return (from) => {
    if (found !== -1 && found < from) found = bytes.indexOf(wanted, from);
    return found;
  };
}
