/** A change that the pages offer: commands, built from fields that were checked. */
export interface Change {
  /** Its address is `/do/<name>`. */
  readonly name: string;
  readonly title: string;
  /** What it does, in a sentence for who has to confirm it. */
  readonly effect: string;
  /** Whether its commands have a `--dry-run`, whose answers are then shown first. */
  readonly hasDryRun: boolean;
  /** The words of each command, in the order in which they run. Throws `usage` for a field that they cannot take. */
  commands(form: URLSearchParams): readonly (readonly string[])[];
}
