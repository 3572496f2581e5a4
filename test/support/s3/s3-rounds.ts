import type { Random } from '../faults/random.ts';
import { FolderPlace } from '../fuzz/places/folder-place.ts';
import { S3Place } from '../fuzz/places/s3-place.ts';
import { newTally, PLAIN_ACTS, playRound, RoundFailed, type Tally } from '../fuzz/round.ts';
import type { FaultRate } from './faults/drawn-faults.ts';
import type { FaultKind } from './faults/fault.ts';
import type { ModelOptions } from './model/s3-model.ts';

/** Of each ten requests one meets a fault, and now and then a dozen do in a row: more than any client repeats. */
const RATE: FaultRate = { share: 0.1, bursts: 0.01, burst: 12, staleLists: false };

export interface S3Rounds {
  readonly tally: Tally;
  readonly faults: number;
  readonly byKind: ReadonlyMap<FaultKind, number>;
  /** Seeds of rounds that fail in the same way with a folder: what is wrong there is not the bucket's. */
  readonly inFolders: readonly number[];
}

export interface S3RoundOptions {
  /** Of the first round; each further one has the next number. */
  readonly seed: number;
  readonly isEnough: (tally: Tally, faults: number) => boolean;
  readonly onRound?: (tally: Tally, faults: number) => void;
}

/**
 * Plays worlds whose archive is in a bucket in memory: every command, kills between any two requests, syncs and commits, and faults of the network.
 * Buckets that keep versions are among them, servers that ignore conditions (with \`allow_unconditional\`), and networks without faults. Throws `RoundFailed`.
 */
export async function playS3Rounds({ seed, isEnough, onRound }: S3RoundOptions): Promise<S3Rounds> {
  const tally = newTally();
  const byKind = new Map<FaultKind, number>();
  const inFolders: number[] = [];
  const sum = (): number => [...byKind.values()].reduce((all, count) => all + count, 0);
  for (let round = 0; !isEnough(tally, sum()); round++) {
    let place: S3Place | null = null;
    const drawn = (random: Random): S3Place => {
      const kind: ModelOptions = { versioned: random.next() < 0.3, ignoresConditions: random.next() < 0.1 };
      const rate = random.next() < 0.85 ? { ...RATE, staleLists: random.next() < 0.3 } : null;
      place = new S3Place({ kind, rate, seed: seed + round });
      return place;
    };
    try {
      await playRound(seed + round, tally, { acts: PLAIN_ACTS, place: drawn });
    } catch (error) {
      if (!(error instanceof RoundFailed) || !(await failsInFolder(error, drawn))) throw error;
      inFolders.push(seed + round);
    }
    for (const [fault, count] of place!.injector.injected)
      byKind.set(fault, (byKind.get(fault) ?? 0) + count);
    onRound?.(tally, sum());
  }
  return { tally, faults: sum(), byKind, inFolders };
}

/** Whether the round ends with the same words where the archive is in a folder. */
async function failsInFolder(
  { seed, message }: RoundFailed,
  draw: (random: Random) => S3Place,
): Promise<boolean> {
  const place = (random: Random): FolderPlace => {
    draw(random);
    return new FolderPlace();
  };
  try {
    await playRound(seed, newTally(), { acts: PLAIN_ACTS, place });
    return false;
  } catch (error) {
    return error instanceof RoundFailed && error.message === message;
  }
}
