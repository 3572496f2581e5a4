/*
 * The hash of Bloom filters: MurmurHash3 (x86, 32 bits) of a key's UTF-8 bytes, with two seeds in one pass. docs/format.md
 * defines it; it never changes within format 1.
 */

/** Where the two hashes are left; one place, because a result object for each key would cost more than the hash. */
export const hashes: Uint32Array = new Uint32Array(2);
const SEEDS: readonly [number, number] = [0, 0x9747b28c];

/** Hashes a key into `hashes`. */
export function hashText(key: string, isBytes = false): void {
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
  if (seen > 0x7f && !isBytes) hashText(Buffer.from(key, 'utf8').toString('latin1'), true);
  else finish(a ^ scramble(rest), b ^ scramble(rest), key.length);
}

/** Hashes a key that is given as the UTF-8 bytes from `start` to `end` into `hashes`. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): void {
  const whole = start + ((end - start) & ~3);
  let [a, b] = SEEDS;
  for (let i = start; i < whole; i += 4) {
    const word = scramble(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    a = stir(a ^ word);
    b = stir(b ^ word);
  }
  let rest = 0;
  for (let i = end - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!;
  finish(a ^ scramble(rest), b ^ scramble(rest), end - start);
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
