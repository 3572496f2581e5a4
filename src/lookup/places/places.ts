import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { LookupIndex } from '../../format/match/lookup-index.ts';
import type { HotLookup } from '../../hot/hot-lookup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { ArchiveNames } from './archive-names.ts';
import type { Problem } from './search-report.ts';

/** Where a search looks. */
export interface Places {
  /** Null when there is no database: the archive's files alone are searched then. */
  readonly hot: { readonly reader: HotReader; readonly lookup: HotLookup } | null;
  readonly archive: ArchiveStore;
  /** That of the database; without one, that of the archive's rows. */
  readonly dialect: Dialect;
  readonly policies: PolicySet;
  /** What is known to be wrong with parts of the archive: it is a problem of every answer about their tables. */
  readonly alarms?: readonly Problem[];
  /** What segments the archive has, when that was looked up already. */
  readonly names?: ArchiveNames;
  /** Reads the index of lookup keys; null when there is none that the ledger vouches for. */
  readonly index?: () => Promise<LookupIndex | null>;
}
