import { S3Place } from '../fuzz/places/s3-place.ts';
import { newTally, PLAIN_ACTS, playRound, type Tally } from '../fuzz/round.ts';
import type { FaultRate } from './faults/drawn-faults.ts';
import type { FaultKind } from './faults/fault.ts';
import type { ModelOptions } from './model/s3-model.ts';

/** Of each ten requests one meets a fault, and now and then a dozen do in a row: more than any client repeats. */
const RATE: FaultRate = { share: 0.1, bursts: 0.01, burst: 12, staleLists: false };

export interface S3Rounds {
  readonly tally: Tally;
  readonly faults: number;
  readonly byKind: ReadonlyMap<FaultKind, number>;
}

export interface S3RoundOptions {
  /** Of the first round; each further one has the next number. */
  readonly seed: number;
  readonly isEnough: (tally: Tally, faults: number) => boolean;
  readonly onRound?: (tally: Tally, faults: number) => void;
}

/**
 * Plays worlds whose archive is in a bucket in memory: every command, kills between any two requests, syncs and commits, and faults of the network.
 * Buckets that keep versions are among them, and networks without faults. Throws `RoundFailed`.
 */
export async function playS3Rounds({ seed, isEnough, onRound }: S3RoundOptions): Promise<S3Rounds> {
  const tally = newTally();
  const byKind = new Map<FaultKind, number>();
  const sum = (): number => [...byKind.values()].reduce((all, count) => all + count, 0);
  for (let round = 0; !isEnough(tally, sum()); round++) {
    let place: S3Place | null = null;
    await playRound(seed + round, tally, {
      acts: PLAIN_ACTS,
      place: (random) => {
        const kind: ModelOptions = { versioned: random.next() < 0.3 };
        const rate = random.next() < 0.85 ? { ...RATE, staleLists: random.next() < 0.3 } : null;
        place = new S3Place({ kind, rate, seed: seed + round });
        return place;
      },
    });
    for (const [fault, count] of place!.injector.injected)
      byKind.set(fault, (byKind.get(fault) ?? 0) + count);
    onRound?.(tally, sum());
  }
  return { tally, faults: sum(), byKind };
}
