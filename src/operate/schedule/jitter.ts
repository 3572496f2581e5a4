import { createHash } from 'node:crypto';

/**
 * How long a start is put off, in [0, most) milliseconds: the same for the same seed and words, spread evenly over all others. Machines
 * with one schedule and different seeds do not all start at once, and one machine does not change its mind when asked again.
 */
export function jitterMs(most: number, seed: string, ...words: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...words]))
    .digest();
  return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * most);
}
