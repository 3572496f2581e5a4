import type { Sizes } from '../../../src/model/sizes.ts';
import type { Random } from '../faults/random.ts';

/** Sizes of one round: parts of some blocks, blocks of some rows, batches of a few. */
export function drawSizes(random: Random): Partial<Sizes> {
  const few = (): number => random.pick([1, 2, 3, 3, 5, 8]);
  const bytes = (): number => random.pick([64, 300, 1 << 10, 4 << 10]);
  return {
    ...{
      partBytes: random.pick([500, 2 << 10, 6 << 10, 16 << 10]),
      blockBytes: random.pick([100, 500, 1 << 10]),
    },
    ...{ firstRows: few(), mostRows: few() + 2, readBytes: random.pick([400, 4 << 10]) },
    ...{ blocksInFlight: few(), bytesInFlight: bytes(), unitRows: few(), unitBytes: bytes() },
    ...{ surveyedIndexRows: few(), surveyedTableRows: few() },
    ...{ firstDeletedRows: few(), fewestDeletedRows: 1, mostDeletedRows: few() + 4 },
    ...{ leaseEndRows: few(), erasedRows: few() },
    ...{ restoredHotRows: few(), restoredFileRows: few(), restoredBytes: bytes() },
    ...{
      searchedRows: few(),
      renderedRows: few(),
      firstFoundRows: few(),
      mostFoundRows: few(),
      foundBytes: bytes(),
    },
    ...{ keyRows: few(), printedKeys: random.pick([5, 40, 6000]), keyBlocksAhead: few() },
    ...{ verifiedSegments: few(), verifiedBlocks: few(), verifiedBytes: bytes(), verifiedCommit: few() },
    ...{
      hashedBytes: bytes(),
      storedBlocks: 1,
      blocksAhead: few(),
      segmentsAhead: few(),
      foldedBytes: bytes(),
    },
    ...{ waitingBytes: bytes() * 4, refilledHits: few(), slackHits: few(), listedFolders: few() },
    ...{
      logBacklogBytes: 8 << 10,
      logBytes: 64 << 10,
      gentleLogBacklogBytes: 4 << 10,
      gentleLogBytes: 32 << 10,
    },
  };
}
