import type { ArchiveStore } from '../archive/archive-store.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { HotLookup } from '../hot/lookup.ts';
import type { PolicySet } from '../model/policy.ts';

/** Where a search looks. */
export interface Places {
  /** Null when there is no database: the archive's files alone are searched then. */
  readonly hot: { readonly reader: HotReader; readonly lookup: HotLookup } | null;
  readonly archive: ArchiveStore;
  readonly policies: PolicySet;
}
