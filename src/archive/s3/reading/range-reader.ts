import type { ReadUse } from '../../../format/segment/segment.ts';
import { sizes } from '../../../model/sizes.ts';
import { type ByteRange, covers, planRanges } from './plan-ranges.ts';

/** Bytes of an object that are in memory, or on their way. */
interface Held extends ByteRange {
  readonly bytes: Promise<Uint8Array>;
}

interface Waiting extends ByteRange {
  readonly use: ReadUse;
  resolve(bytes: Uint8Array | Promise<Uint8Array>): void;
}

/** Reads ranges of one object with few requests: what is asked for in one moment goes together, and what is asked for next comes along. */
export class RangeReader {
  readonly #size: number;
  readonly #fetch: (range: ByteRange) => Promise<Uint8Array>;
  /** The newest last. */
  #held: Held[] = [];
  #waiting: Waiting[] = [];
  /** What was asked for last of the rows. */
  #last: ByteRange = { offset: -1, end: -1 };
  #ahead = sizes.firstAheadBytes;

  /** @param fetch the bytes of a range, all of them. */
  constructor(size: number, fetch: (range: ByteRange) => Promise<Uint8Array>) {
    this.#size = size;
    this.#fetch = fetch;
  }

  /** Bytes that are known already. */
  hold(offset: number, bytes: Uint8Array): void {
    this.#keep({ offset, end: offset + bytes.length, bytes: Promise.resolve(bytes) });
  }

  /** The range is within the object. The bytes are the caller's own. */
  async read(offset: number, length: number, use: ReadUse): Promise<Uint8Array> {
    const range = { offset, end: offset + length };
    const held = this.#holding(range);
    return held === null ? await this.#wait(range, use) : cut(await held.bytes, held, range);
  }

  #wait(range: ByteRange, use: ReadUse): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    if (this.#waiting.length === 0) setImmediate(() => this.#ask());
    this.#waiting.push({ ...range, use, resolve });
    return promise;
  }

  #ask(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const missing = waiting.filter((one) => this.#holding(one) === null);
    const widened = missing.map((one) => this.#widened(one));
    const plan = planRanges(widened);
    const asked = plan.map((range) => {
      const held: Held = { ...range, bytes: this.#fetch(range) };
      // Its failure is that of whoever waits for it.
      held.bytes.catch(() => this.#drop(held));
      return held;
    });
    for (const one of waiting) one.resolve(this.#gathered(one, asked));
    // What is read of the rows is read once, unless more came along than was asked for.
    const comesAgain = missing.some(({ use, end }, at) => use === 'index' || widened[at]!.end > end);
    if (comesAgain) for (const held of asked) this.#keep(held);
  }

  async #gathered(range: ByteRange, asked: readonly Held[]): Promise<Uint8Array> {
    const whole = this.#holding(range) ?? asked.find((held) => covers(held, range));
    if (whole !== undefined) return cut(await whole.bytes, whole, range);
    const pieces = asked.filter((held) => held.offset < range.end && range.offset < held.end);
    const bytes = new Uint8Array(range.end - range.offset);
    for (const piece of pieces) {
      const part = { offset: Math.max(piece.offset, range.offset), end: Math.min(piece.end, range.end) };
      bytes.set(cut(await piece.bytes, piece, part), part.offset - range.offset);
    }
    return bytes;
  }

  #widened({ offset, end, use }: Waiting): ByteRange {
    if (use === 'index') return { offset: Math.max(0, Math.min(offset, end - sizes.indexBytes)), end };
    const isNext = this.#last.offset < offset && offset <= this.#last.end;
    const ahead = isNext ? this.#ahead : 0;
    this.#ahead = isNext ? Math.min(sizes.mostAheadBytes, 2 * this.#ahead) : sizes.firstAheadBytes;
    this.#last = { offset, end: Math.min(this.#size, Math.max(end, offset + ahead)) };
    return this.#last;
  }

  #holding(range: ByteRange): Held | null {
    return this.#held.find((held) => covers(held, range)) ?? null;
  }

  #keep(held: Held): void {
    this.#held.push(held);
    let kept = 0;
    this.#held = this.#held
      .toReversed()
      .filter(({ offset, end }, at) => {
        kept += end - offset;
        return at === 0 || kept <= sizes.keptIndexBytes;
      })
      .reverse();
  }

  #drop(held: Held): void {
    this.#held = this.#held.filter((one) => one !== held);
  }
}

/** A copy: whoever gets it may give its memory back. */
function cut(bytes: Uint8Array, held: ByteRange, { offset, end }: ByteRange): Uint8Array {
  return bytes.slice(offset - held.offset, end - held.offset);
}
