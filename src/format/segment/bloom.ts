import { hashes, hashText } from '../line/key-hash.ts';
import { KeyHasher, type KeyHashes } from '../line/key-hashes.ts';

/*
 * Bloom filters over text keys. Byte 0 of a filter is the number of probes, the rest is a bit array (bit i is bit
 * i mod 8 of byte 1 + i div 8). A filter of no keys has no bytes. docs/format.md defines the hash; it never changes
 * within format 1.
 */

const BITS_PER_KEY = 10;
const PROBES = 7;
const MAX_PROBES = 32;
const LEAST_BYTES = 8;
/** Bytes that are written at least: in a short filter, the probes of one key in a hundred meet in few bits, and most filters have those set. */
const LEAST_WRITTEN = 64;
/** Up to 2^21 bits, a 32-bit hash times the number of bits is exact in a double. */
const MOST_BYTES = 2 ** 18;

/** The filter of these keys, given as they are or by their hashes: at least 10 bits for each distinct one, at most about 1 % false positives. */
export function bloomFilter(keys: Iterable<string> | KeyHashes): Uint8Array {
  const hashed = keys instanceof Uint32Array ? keys : hashesOf(keys as Iterable<string>);
  const count = hashed.length / 2;
  if (count === 0) return new Uint8Array(0);
  const bytes = Math.ceil((count * BITS_PER_KEY) / 8);
  const filter = new Uint8Array(1 + Math.min(Math.max(bytes, LEAST_WRITTEN), MOST_BYTES));
  filter[0] = PROBES;
  const scale = bitsOf(filter) / 2 ** 32;
  for (let at = 0; at < hashed.length; at += 2) {
    let position = hashed[at]!;
    let step = hashed[at + 1]!;
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
  hashText(key);
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

function hashesOf(keys: Iterable<string>): KeyHashes {
  const hasher = new KeyHasher();
  for (const key of keys) hasher.add(key);
  return hasher.take();
}
