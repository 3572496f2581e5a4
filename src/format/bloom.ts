/*
 * Bloom filters over text keys. Byte 0 of a filter is the number of probes, the rest is a bit array (bit i is bit
 * i mod 8 of byte 1 + i div 8). A filter of no keys has no bytes. docs/format.md defines the hash; it never changes
 * within format 1.
 */

const BITS_PER_KEY = 10;
const PROBES = 7;
const MAX_PROBES = 32;

/** The filter of these keys: 10 bits for each distinct one, about 1 % false positives. */
export function bloomFilter(keys: Iterable<string>): Uint8Array {
  const distinct = keys instanceof Set ? (keys as ReadonlySet<string>) : new Set(keys);
  if (distinct.size === 0) return new Uint8Array(0);
  const filter = new Uint8Array(1 + Math.max(8, Math.ceil((distinct.size * BITS_PER_KEY) / 8)));
  filter[0] = PROBES;
  const bits = (filter.length - 1) * 8;
  for (const key of distinct) {
    hash(key);
    let position = first;
    let step = second;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = position % bits;
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
  const bits = (filter.length - 1) * 8;
  hash(key);
  let position = first;
  let step = second;
  for (let probe = 0; probe < filter[0]!; probe++) {
    const bit = position % bits;
    if ((filter[1 + (bit >>> 3)]! & (1 << (bit & 7))) === 0) return false;
    position = (position + step) >>> 0;
    step = (step + probe + 1) >>> 0;
  }
  return true;
}

/** Whether bytes from a file can be a filter at all. */
export function isBloomFilter(filter: Uint8Array): boolean {
  return filter.length === 0 || (filter.length >= 2 && filter[0]! >= 1 && filter[0]! <= MAX_PROBES);
}

/** The two hashes that `hash` leaves; variables, because a result object for each key would cost more than the hash. */
let first = 0;
let second = 0;

/** Two 32-bit multiplicative hashes over the key's UTF-8 bytes, each finished so that every bit depends on every byte. */
function hash(key: string): void {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit > 0x7f) {
      hashBytes(Buffer.from(key, 'utf8'));
      return;
    }
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca77);
  }
  first = finish(a);
  second = finish(b);
}

function hashBytes(bytes: Uint8Array): void {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca77);
  }
  first = finish(a);
  second = finish(b);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
