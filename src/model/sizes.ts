import { FirnError } from './errors.ts';

/**
 * Every size that bounds a part, a block, a batch, a read-ahead or a buffer. Bytes are of uncompressed text unless the
 * name of the thing says otherwise. Sizes that belong to the file format (gzip subfields, stored blocks, Bloom filters)
 * and the effort of estimates stand with their code, since changing them changes bytes or answers.
 */
export interface Sizes {
  /** Bytes of one part of a day: a segment ends with the block that reaches it. */
  readonly partBytes: number;
  /** Bytes of one block, which is compressed and read as a whole. */
  readonly blockBytes: number;
  /** Rows of the first read of a block, before the size of a row is known. */
  readonly firstRows: number;
  /** Rows of any read of a block. */
  readonly mostRows: number;
  /** Bytes of any read of a block that has more than one row. At least four blocks are always allowed. */
  readonly readBytes: number;
  /** Blocks that are compressed at once. */
  readonly blocksInFlight: number;
  /** Bytes of the blocks that are compressed at once, if there is more than one. */
  readonly bytesInFlight: number;
  /** Rows of a unit: what is compared as a whole when rows are deleted. */
  readonly unitRows: number;
  /** Bytes of a unit. */
  readonly unitBytes: number;
  /** Rows, of all tables, of units that are copied before they are drained. At least one unit is. */
  readonly groupRows: number;
  /** Rows examined in one read of the survey, through an index that holds all that is needed. */
  readonly surveyedIndexRows: number;
  /** Rows examined in one read of the survey, of the table itself. */
  readonly surveyedTableRows: number;
  /** Leaving rows whose references are looked up, and references found, to count those that would dangle; rows read where no index finds them. */
  readonly lookedUpRows: number;
  /** Rows of the first deleting transaction; the pacer sizes the next ones by the clock. */
  readonly firstDeletedRows: number;
  /** Rows of a deleting transaction at least. */
  readonly fewestDeletedRows: number;
  /** Rows of a deleting transaction at most. */
  readonly mostDeletedRows: number;
  /** Lines compared and deleted in one transaction when a lease ends. */
  readonly leaseEndRows: number;
  /** Rows of one transaction of an erasure in hot. */
  readonly erasedRows: number;
  /** Values in the list of one order of an erasure, and rows that it looks for in hot before it takes the write lock. */
  readonly listedValues: number;
  /** Rows restored in one transaction into the live database. */
  readonly restoredHotRows: number;
  /** Rows restored in one transaction into another file. */
  readonly restoredFileRows: number;
  /** Bytes restored in one transaction. */
  readonly restoredBytes: number;
  /** Rows of hot that a search examines in one read. */
  readonly searchedRows: number;
  /** Rows of hot that a search renders in one step. */
  readonly renderedRows: number;
  /** Found rows of hot that are read at first, before the size of a row is known. */
  readonly firstFoundRows: number;
  /** Found rows of hot that are read at once, at most. */
  readonly mostFoundRows: number;
  /** Bytes of found rows of hot that are read at once. */
  readonly foundBytes: number;
  /** Rows whose keys `verify --deep` reads from hot in one read. */
  readonly keyRows: number;
  /** Key prints that `verify --deep` keeps at once, 8 bytes each. A larger table is read once more for each so many of its rows. */
  readonly printedKeys: number;
  /** Blocks of one segment that are inflated at once when it is read again for its keys. */
  readonly keyBlocksAhead: number;
  /** Segments that a verification reads at once. */
  readonly verifiedSegments: number;
  /** Blocks of each that a verification inflates at once. */
  readonly verifiedBlocks: number;
  /** Bytes that a verification has inflated at once, of all segments. */
  readonly verifiedBytes: number;
  /** Segments between two commits of a verification. */
  readonly verifiedCommit: number;
  /** Bytes of a file that are hashed at once for its seal. */
  readonly hashedBytes: number;
  /** Stored deflate blocks (65,535 bytes each) of a bundle that are read or written at once. */
  readonly storedBlocks: number;
  /** Blocks that a search reads and inflates at once, beside the one that is scanned. */
  readonly blocksAhead: number;
  /** Segments that a search opens at once. */
  readonly segmentsAhead: number;
  /** The same where each opening waits for a server. */
  readonly remoteSegmentsAhead: number;
  /** Bytes of a block that a search folds to lower case at once. */
  readonly foldedBytes: number;
  /** Bytes of hits that a search keeps in memory; beyond it the farthest go to a temporary file. */
  readonly waitingBytes: number;
  /** Hits that come back from the temporary file at once. */
  readonly refilledHits: number;
  /** Hits beyond twice the limit that a search keeps before it forgets those that cannot be wanted. */
  readonly slackHits: number;
  /** Values of a column that are counted in memory; beyond it counts go to a temporary file. */
  readonly facetValues: number;
  /** Bytes of files that are read for keys that begin with a text. */
  readonly prefixBytes: number;
  /** Bytes of the files laid out for `firn sql` that are copied at once. */
  readonly laidOutBytes: number;
  /** Bytes of the first rows of an answer in SQL that are held back. */
  readonly heldBytes: number;
  /** Bytes of an export that are written at once. */
  readonly exportedBytes: number;
  /** Bytes of an object that come with the request that opens it: most footers with their filters, and all of a small file. */
  readonly tailBytes: number;
  /** Bytes up to the end of a part of an index that are read together: what stands before it is most often read next. */
  readonly indexBytes: number;
  /** Bytes between two ranges of an object that are read along rather than asked for apart. */
  readonly nearBytes: number;
  /** Bytes that one request for a range of an object asks for, at most. */
  readonly rangeBytes: number;
  /** Bytes that whoever reads on in an object gets at first; twice as many each time. */
  readonly firstAheadBytes: number;
  /** The same at most. */
  readonly mostAheadBytes: number;
  /** Bytes of indexes that an open object keeps in memory. */
  readonly keptIndexBytes: number;
  /** Live segments from which on an archive in a folder has an index of lookup keys. */
  readonly indexedSegments: number;
  /** Bytes of the filters of one segment in that index, and of all; what is larger, and the oldest ones, are left out. */
  readonly indexedFilterBytes: number;
  readonly indexedBytes: number;
  /** Bytes of all local copies of footers, filters and tables of contents. */
  readonly cacheBytes: number;
  /** Bytes of those of one bundle. A larger one is not kept. */
  readonly cachedIndexBytes: number;
  /** Folders of an archive that are listed at once. */
  readonly listedFolders: number;
  /** Bytes of the largest object that is sent to S3 in one request. Servers take no more than 5 GiB. */
  readonly singlePutBytes: number;
  /** Bytes of one part of a larger object. Servers take no less than 5 MiB. */
  readonly multipartBytes: number;
  /** Bytes of an object on S3 that are read back at once. */
  readonly readBackBytes: number;
  /** Bytes of lines of the smallest lake file for which DuckDB is loaded: a smaller one takes less time without it. */
  readonly lakeDuckBytes: number;
  /** Rows of a row group of a lake file, at most. */
  readonly lakeGroupRows: number;
  /** Bytes of lines of a row group of a lake file that DuckDB writes. */
  readonly lakeGroupBytes: number;
  /** The same of one that is written without DuckDB. */
  readonly lakeScriptGroupBytes: number;
  /** Rows looked at in one read for the figures of a table. */
  readonly countedRows: number;
  /** Bytes in the write-ahead log that wait to be moved before a checkpoint is asked for, while nobody else writes. */
  readonly logBacklogBytes: number;
  /** Bytes at which the write-ahead log is made to start over, while nobody else writes. */
  readonly logBytes: number;
  /** As `logBacklogBytes`, while others write. */
  readonly gentleLogBacklogBytes: number;
  /** As `logBytes`, while others write. */
  readonly gentleLogBytes: number;
}

const PRODUCTION: Sizes = Object.freeze({
  partBytes: 128 << 20,
  blockBytes: 1 << 20,
  firstRows: 16,
  mostRows: 8192,
  readBytes: 16 << 20,
  blocksInFlight: 3,
  bytesInFlight: 16 << 20,
  unitRows: 12,
  unitBytes: 256 << 10,
  groupRows: 250_000,
  surveyedIndexRows: 10_000,
  surveyedTableRows: 4_000,
  lookedUpRows: 200_000,
  firstDeletedRows: 24,
  fewestDeletedRows: 12,
  mostDeletedRows: 20_000,
  leaseEndRows: 200,
  erasedRows: 500,
  listedValues: 50_000,
  restoredHotRows: 300,
  restoredFileRows: 3_000,
  restoredBytes: 4 << 20,
  searchedRows: 4_000,
  renderedRows: 500,
  firstFoundRows: 16,
  mostFoundRows: 5_000,
  foundBytes: 4 << 20,
  keyRows: 8_000,
  printedKeys: 6_000_000,
  keyBlocksAhead: 4,
  verifiedSegments: 3,
  verifiedBlocks: 3,
  verifiedBytes: 16 << 20,
  verifiedCommit: 50,
  hashedBytes: 1 << 20,
  storedBlocks: 16,
  blocksAhead: 5,
  segmentsAhead: 8,
  remoteSegmentsAhead: 128,
  foldedBytes: 32 << 10,
  waitingBytes: 64 << 20,
  refilledHits: 2_000,
  slackHits: 1_000,
  facetValues: 20_000,
  prefixBytes: 256 << 20,
  laidOutBytes: 1 << 20,
  heldBytes: 1 << 20,
  exportedBytes: 1 << 20,
  tailBytes: 64 << 10,
  indexBytes: 64 << 10,
  nearBytes: 128 << 10,
  rangeBytes: 8 << 20,
  firstAheadBytes: 512 << 10,
  mostAheadBytes: 4 << 20,
  keptIndexBytes: 4 << 20,
  indexedSegments: 500,
  indexedFilterBytes: 64 << 10,
  indexedBytes: 128 << 20,
  cacheBytes: 512 << 20,
  cachedIndexBytes: 64 << 20,
  listedFolders: 16,
  singlePutBytes: 5 * 2 ** 30,
  multipartBytes: 64 << 20,
  readBackBytes: 32 << 20,
  lakeDuckBytes: 256 << 10,
  lakeGroupRows: 122_880,
  lakeGroupBytes: 24 << 20,
  lakeScriptGroupBytes: 8 << 20,
  countedRows: 20_000,
  logBacklogBytes: 32 << 20,
  logBytes: 256 << 20,
  gentleLogBacklogBytes: 1 << 20,
  gentleLogBytes: 40 << 20,
});

/** Sizes at which the small worlds of tests have many parts, blocks and batches. */
const TINY: Partial<Sizes> = {
  ...{ partBytes: 16 << 10, blockBytes: 1 << 10, firstRows: 2, mostRows: 8, readBytes: 4 << 10 },
  ...{ blocksInFlight: 2, bytesInFlight: 3 << 10, unitRows: 3, unitBytes: 700, groupRows: 12 },
  ...{ surveyedIndexRows: 3, surveyedTableRows: 3 },
  ...{ firstDeletedRows: 3, fewestDeletedRows: 3, mostDeletedRows: 3 },
  ...{ leaseEndRows: 3, erasedRows: 3, listedValues: 2 },
  ...{ restoredHotRows: 3, restoredFileRows: 3, restoredBytes: 2 << 10 },
  ...{ searchedRows: 3, renderedRows: 3, firstFoundRows: 3, mostFoundRows: 3, foundBytes: 1 << 10 },
  ...{ keyRows: 3, printedKeys: 16, keyBlocksAhead: 2 },
  ...{ verifiedSegments: 2, verifiedBlocks: 2, verifiedBytes: 2 << 10, verifiedCommit: 3 },
  ...{ hashedBytes: 1 << 10, storedBlocks: 1, foldedBytes: 512 },
  ...{ blocksAhead: 2, segmentsAhead: 2, remoteSegmentsAhead: 3 },
  ...{
    waitingBytes: 4 << 10,
    refilledHits: 3,
    slackHits: 3,
    facetValues: 3,
    laidOutBytes: 1 << 10,
    heldBytes: 1 << 10,
    exportedBytes: 1 << 10,
  },
  ...{ tailBytes: 256, indexBytes: 200, nearBytes: 50, rangeBytes: 1 << 10 },
  ...{ firstAheadBytes: 300, mostAheadBytes: 600, keptIndexBytes: 400 },
  ...{ lakeGroupBytes: 4 << 10, lakeScriptGroupBytes: 1 << 10 },
  // Not `countedRows`: an estimate from fewer rows is another one.
  ...{ listedFolders: 2 },
};

/** The sizes in force, to be read where they are needed, each time. */
export const sizes: Sizes = { ...PRODUCTION };

/**
 * For tests only: sets sizes for this thread and for the threads that it starts from now on; those left out are as in
 * production. Throws `usage` for a name that is no size and for a value that is not a whole number of at least 1.
 */
export function setSizes(drawn: Partial<Sizes>): void {
  for (const [name, value] of Object.entries(drawn)) {
    if (!Object.hasOwn(PRODUCTION, name)) throw nonsense(`\`${name}\` is not a size`);
    if (!Number.isSafeInteger(value) || value < 1)
      throw nonsense(`\`${name}\` must be a whole number of at least 1, not ${JSON.stringify(value)}`);
  }
  Object.assign(sizes, PRODUCTION, drawn);
}

/** For tests only: what `setSizes` is to be given, from the text of `FIRN_TEST_SIZES`: `tiny`, or a JSON object of sizes. */
export function parseSizes(text: string): Partial<Sizes> {
  if (text === 'tiny') return TINY;
  let drawn: unknown;
  try {
    drawn = JSON.parse(text);
  } catch {
    throw nonsense(`${JSON.stringify(text)} is neither \`tiny\` nor a JSON object`);
  }
  if (typeof drawn !== 'object' || drawn === null || Array.isArray(drawn))
    throw nonsense(`${JSON.stringify(text)} is neither \`tiny\` nor a JSON object`);
  return drawn as Partial<Sizes>;
}

function nonsense(why: string): FirnError {
  return new FirnError('usage', why, {
    operation: 'read the sizes',
    hint: 'FIRN_TEST_SIZES is for the tests of Firn. Unset it.',
  });
}
