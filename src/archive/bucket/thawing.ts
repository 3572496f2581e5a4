/** How fast, and so how dear: the names of S3 in lower case. */
export const THAW_TIERS = ['bulk', 'standard', 'expedited'] as const;

export type ThawTier = (typeof THAW_TIERS)[number];

export interface ThawWish {
  /** For how many days the copy can be read, from when it is there. */
  readonly days: number;
  readonly tier: ThawTier;
}

/** `asked`: by this call. `in_progress`: by an earlier one. `readable`: the file can be read. */
export type ThawOutcome = 'asked' | 'in_progress' | 'readable';

/** Asks for copies of files that are in a storage class from which nothing can be read. */
export interface Thawing {
  /**
   * May be repeated.
   * @param address of a file, as `FrozenFile` names it.
   * @throws FirnError `not_found` for a file that is not there (any more), `refused` for missing rights and for a tier that the storage class does not have.
   */
  ask(address: string, wish: ThawWish): Promise<ThawOutcome>;
}

/** Files that a restore needs and that could not be read. */
export interface ThawReport extends ThawWish {
  readonly files: readonly ThawedFile[];
}

export interface ThawedFile {
  /** Its address. */
  readonly path: string;
  /** `needed`: nobody has asked for it yet. */
  readonly state: ThawOutcome | 'needed';
}
