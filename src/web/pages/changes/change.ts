/** A change that the pages offer: one command, built from fields that were checked. */
export interface Change {
  /** Its address is `/do/<name>`. */
  readonly name: string;
  readonly title: string;
  /** What it does, in a sentence for who has to confirm it. */
  readonly effect: string;
  /** Whether the command has a `--dry-run`, whose answer is then shown first. */
  readonly hasDryRun: boolean;
  /** The words of the command. Throws `usage` for a field that it cannot take. */
  command(form: URLSearchParams): readonly string[];
}
