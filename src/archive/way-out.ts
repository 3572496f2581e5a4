/** What to do about an archive that the database does not account for: one wording for every command. */

/** The archive is another database's, or nobody's. */
export const WAY_OUT =
  'Check --db-path and --archive-path. For a new or restored database, run firn rebuild. If both belong together, run firn archive all --adopt.';

/** The archive is this database's, and the ledger is behind it. */
export const CATCH_UP = 'Run: firn archive all';

export const NOT_LISTED: string = `the ledger does not list this segment, so its rows are missing from results. ${CATCH_UP}`;
