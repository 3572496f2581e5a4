/** Random values that are the same for the same seed, on every machine. */
export interface Random {
  /** An integer from 0 to `below - 1`. */
  below(below: number): number;
  /** True once in `n` on average. */
  oneIn(n: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** `length` (a multiple of 4) lower-case hexadecimal digits. */
  hex(length: number): string;
  /** A UUID, version 4. */
  uuid(): string;
}

const HEX: readonly string[] = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'));

/** xorshift128 (Marsaglia, 2003): fast, and good enough for data that only has to look real. */
export function seededRandom(seed: number): Random {
  let x = (seed ^ 0x9e3779b9) | 0;
  let y = 362_436_069;
  let z = 521_288_629;
  let w = 88_675_123;
  const next = (): number => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 0x1_0000_0000) * limit);
  const word = (): string => HEX[next() >>> 16]!;
  for (let warmUp = 0; warmUp < 32; warmUp++) next();
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick: (choices) => choices[below(choices.length)]!,
    hex: (length) => {
      let digits = '';
      while (digits.length < length) digits += word();
      return digits;
    },
    uuid: () => {
      const version = HEX[0x4000 | (next() >>> 20)]!;
      const variant = HEX[0x8000 | (next() >>> 18)]!;
      return `${word()}${word()}-${word()}-${version}-${variant}-${word()}${word()}${word()}`;
    },
  };
}
