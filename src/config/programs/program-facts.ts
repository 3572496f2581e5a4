/** The keys of one table as they stand in a configuration file. */
export type Settings = Readonly<Record<string, string | readonly string[]>>;

/** A program whose tables Firn knows, as data. */
export interface ProgramFacts {
  readonly name: string;
  /** Versions whose schema was read. */
  readonly versions: string;
  /** Its page in `docs/recipes`, without `.md`. */
  readonly recipe: string;
  /** Tables and columns by which its database is recognised: all of them must be there. */
  readonly marks: Readonly<Record<string, readonly string[]>>;
  readonly tables: Readonly<Record<string, Settings>>;
  /** Tables that it needs as they are, and why. */
  readonly left: Readonly<Record<string, string>>;
  /** What to know before the first run, a sentence each. */
  readonly notes: readonly string[];
}
