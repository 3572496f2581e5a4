import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { InvalidText, type Row } from '../../../src/format/line/line.ts';
import { encodeLine } from '../../../src/format/line/line-encode.ts';
import { scanBlock } from '../../../src/format/match/block-scan.ts';
import {
  type Finder,
  foldedFinder,
  lowerCaseFinder,
  usesVectors,
} from '../../../src/format/match/folded-search.ts';
import { lineMatcher, rowMatcher } from '../../../src/format/match/line-match.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { foldText } from '../../../src/model/filter.ts';
import { setSizes } from '../../../src/model/sizes.ts';

afterEach(() => setSizes({}));

/** Places of `wanted`, by their definition: each byte the same but for the case of ASCII letters. */
function placesIn(text: Buffer, wanted: Uint8Array): number[] {
  const fold = (byte = -1): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
  return [...text.keys()].filter((at) => wanted.every((byte, nth) => fold(text[at + nth]) === byte));
}

function allOf(finder: Finder): number[] {
  const places: number[] = [];
  for (let at = finder(0); at >= 0; at = finder(at + 1)) places.push(at);
  return places;
}

/** Few different bytes, so that needles are found: letters of both cases, their neighbours in ASCII, and what differs from them by the bit of the case. */
const BYTES = fc.constantFrom(...Buffer.from('aAbBzZ@[`{kK'), 0, 0x0a, 0x20, 0xc3, 0xe3, 0x89, 0xff, 0xdf);
const TEXT = fc.array(BYTES, { maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const NEEDLE = fc
  .array(BYTES, { minLength: 1, maxLength: 6 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))));
const RUNS = { numRuns: 400 };

test('every place of a text is found, and no other, wherever a piece of the block ends', () => {
  assert.ok(usesVectors(), 'WebAssembly works here');
  fc.assert(
    fc.property(
      TEXT,
      fc.array(NEEDLE, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 40 }),
      (text, needles, foldedBytes) => {
        setSizes({ foldedBytes });
        const expected = [...new Set(needles.flatMap((needle) => placesIn(text, needle)))].sort(
          (a, b) => a - b,
        );
        assert.deepEqual(allOf(foldedFinder(text, needles)), expected);
        const found = new Set(allOf(lowerCaseFinder(text, needles)));
        for (const place of expected) assert.ok(found.has(place), 'without WebAssembly it is found too');
      },
    ),
    RUNS,
  );
});

test('a long text is found by its beginning, and by its end in the next piece', () => {
  const needle = Buffer.from('x'.repeat(30) + 'y'.repeat(60));
  for (const before of [0, 1, 15, 16, 17, 4_000, 32_700, 32_767, 32_768, 70_000]) {
    const text = Buffer.concat([
      Buffer.alloc(before, 'x'),
      Buffer.from(needle.toString().toUpperCase()),
      Buffer.alloc(9, 'z'),
    ]);
    for (const finder of [foldedFinder, lowerCaseFinder])
      assert.deepEqual(allOf(finder(text, [needle])), [before]);
  }
});

test('what was in a block before is not found in a shorter one', () => {
  const needle = Buffer.from('needle');
  assert.equal(foldedFinder(Buffer.from('a text with a needle'), [needle])(0), 14);
  assert.equal(foldedFinder(Buffer.from('a text with a needl'), [needle])(0), -1);
  assert.equal(foldedFinder(Buffer.alloc(0), [needle])(0), -1);
});

/** Characters whose other case is in ASCII or is of another length, or that only look alike. */
const HOSTILE = [
  'K',
  'k',
  'K',
  'ſ',
  's',
  'S',
  'İ',
  'ı',
  'i',
  'I',
  'ß',
  'ẞ',
  'É',
  'é',
  'e\u0301',
  'Å',
  'Å',
  'Ω',
  'µ',
  'ÿ',
  'Ÿ',
];
const ODD = [
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\u0001',
  '\u007f',
  '\u2028',
  '😀',
  '漢',
  '\ud83d',
  '{"$text":"',
  '\\u00e9',
  '$',
  'A',
  '[',
];
const CHARS = fc.constantFrom(...HOSTILE, ...ODD);
const WORDS = fc.string({ unit: CHARS, maxLength: 8 });
const VALUE = fc.oneof(
  WORDS,
  fc.constant(null),
  fc.bigInt({ min: -9n, max: 99n }),
  WORDS.map(
    (text) => new InvalidText(Buffer.concat([Buffer.from(text.toWellFormed()), Buffer.from([0xe9])])),
  ),
);

test('a block gives the rows that the filter takes, whatever Unicode is in them', () => {
  const footer = {
    table: 'notes',
    timeColumn: 'ts',
    columns: ['ts', 'a', 'b'].map((name) => ({ name, type: '', key: 0 })),
  };
  const ts = '2026-01-10T00:00:00Z';
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: VALUE, b: VALUE }), { minLength: 1, maxLength: 6 }),
      WORDS,
      fc.boolean(),
      (values, text, contains) => {
        setSizes({ foldedBytes: 50 });
        const wanted = text.toWellFormed();
        const rows = values.map(({ a, b }): Row => ({ ts, a: plain(a), b: plain(b) }));
        const filter = contains
          ? { ...everything([]), where: [{ column: 'a', op: '~' as const, value: wanted }] }
          : { ...everything([]), text: wanted };
        const matches = rowMatcher(filter, sqlite);
        const lines = Buffer.concat(rows.map((row) => Buffer.from(encodeLine(['ts', 'a', 'b'], row))));
        const found = scanBlock(lines, lineMatcher(filter, footer)!).map(({ index }) => index);
        assert.deepEqual(
          found,
          rows.flatMap((row, at) => (matches(row) ? [at] : [])),
          foldText(wanted),
        );
      },
    ),
    { numRuns: 1500 },
  );
});

/** What SQLite stores of a text. */
function plain(value: unknown): Row[string] {
  return typeof value === 'string' ? value.toWellFormed() : (value as Row[string]);
}
