/** One condition on a column's value. `~` is "contains", case-insensitively for ASCII. Conditions of a list are ANDed. */
export interface Condition {
  readonly column: string;
  readonly op: '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';
  /** Compared as text with a TEXT value, as a number with a number (when it is one). */
  readonly value: string;
}

/** A predicate that keeps its rows where they are until it is released. */
export interface Hold {
  readonly id: number;
  readonly table: string;
  readonly conditions: readonly Condition[];
  readonly reason: string;
  readonly createdAt: string;
}
