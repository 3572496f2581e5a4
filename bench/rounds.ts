/** What one contender did, round by round. */
export type Rounds<T> = readonly T[];

/**
 * Lets every contender run `rounds` times, one after another, each round beginning with another one: whatever the machine
 * does meanwhile (other work, a filling disk, heat) then falls on all of them alike.
 */
export async function inRounds<T extends Record<string, () => Promise<unknown>>>(
  rounds: number,
  contenders: T,
): Promise<{ [K in keyof T]: Rounds<Awaited<ReturnType<T[K]>>> }> {
  const names = Object.keys(contenders);
  const results: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]!;
      results[name]!.push(await contenders[name]!());
    }
  }
  return results as { [K in keyof T]: Rounds<Awaited<ReturnType<T[K]>>> };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which `share` (0 to 1) of all values lie, nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}
