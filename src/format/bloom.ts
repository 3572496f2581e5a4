/*
 * Bloom filters over text keys. Byte 0 of a filter is the number of probes, the rest is a bit array (bit i is bit
 * i mod 8 of byte 1 + i div 8). A filter of no keys has no bytes. docs/format.md defines the hash; it never changes
 * within format 1.
 */

const BITS_PER_KEY = 10;
const PROBES = 7;
const MAX_PROBES = 32;
const LEAST_BYTES = 8;
/** Up to 2^21 bits, a 32-bit hash times the number of bits is exact in a double. */
const MOST_BYTES = 2 ** 18;

/** The filter of these keys: 10 bits for each distinct one, about 1 % false positives. */
export function bloomFilter(keys: Iterable<string>): Uint8Array {
  const distinct = keys instanceof Set ? (keys as ReadonlySet<string>) : new Set(keys);
  if (distinct.size === 0) return new Uint8Array(0);
  const bytes = Math.ceil((distinct.size * BITS_PER_KEY) / 8);
  const filter = new Uint8Array(1 + Math.min(Math.max(bytes, LEAST_BYTES), MOST_BYTES));
  filter[0] = PROBES;
  const scale = bitsOf(filter) / 2 ** 32;
  for (const key of distinct) {
    hash(key);
    let position = hashes[0]!;
    let step = hashes[1]!;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = Math.floor(position * scale);
      filter[1 + (bit >>> 3)]! |= 1 << (bit & 7);
      position = (position + step) >>> 0;
      step = (step + probe + 1) >>> 0;
    }
  }
  return filter;
}

/** False when the key is certainly not among the filter's keys. */
export function bloomContains(filter: Uint8Array, key: string): boolean {
  if (filter.length === 0) return false;
  const scale = bitsOf(filter) / 2 ** 32;
  hash(key);
  let position = hashes[0]!;
  let step = hashes[1]!;
  for (let probe = 0; probe < filter[0]!; probe++) {
    const bit = Math.floor(position * scale);
    if ((filter[1 + (bit >>> 3)]! & (1 << (bit & 7))) === 0) return false;
    position = (position + step) >>> 0;
    step = (step + probe + 1) >>> 0;
  }
  return true;
}

/** Whether bytes from a file can be a filter at all. */
export function isBloomFilter(filter: Uint8Array): boolean {
  if (filter.length === 0) return true;
  const sized = filter.length >= 1 + LEAST_BYTES && filter.length <= 1 + MOST_BYTES;
  return sized && filter[0]! >= 1 && filter[0]! <= MAX_PROBES;
}

function bitsOf(filter: Uint8Array): number {
  return (filter.length - 1) * 8;
}

/** The two hashes that `hash` leaves; one place, because a result object for each key would cost more than the hash. */
const hashes: Uint32Array = new Uint32Array(2);
const SEEDS: readonly [number, number] = [0, 0x9747b28c];

/** MurmurHash3 (x86, 32 bits) of the key's UTF-8 bytes, with two seeds in one pass. */
function hash(key: string, isBytes = false): void {
  const whole = key.length & ~3;
  let [a, b] = SEEDS;
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    const first = key.charCodeAt(i);
    const second = key.charCodeAt(i + 1);
    const third = key.charCodeAt(i + 2);
    const fourth = key.charCodeAt(i + 3);
    seen |= first | second | third | fourth;
    const word = scramble(first | (second << 8) | (third << 16) | (fourth << 24));
    a = stir(a ^ word);
    b = stir(b ^ word);
  }
  let rest = 0;
  for (let i = key.length - 1; i >= whole; i--) {
    const unit = key.charCodeAt(i);
    seen |= unit;
    rest = (rest << 8) | unit;
  }
  if (seen > 0x7f && !isBytes) hash(Buffer.from(key, 'utf8').toString('latin1'), true);
  else finish(a ^ scramble(rest), b ^ scramble(rest), key.length);
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function stir(state: number): number {
  return (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(a: number, b: number, length: number): void {
  hashes[0] = avalanche(a ^ length);
  hashes[1] = avalanche(b ^ length);
}

function avalanche(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
