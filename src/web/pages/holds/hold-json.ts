/** What the page reads of `firn hold list --json`. */
export interface HoldJson {
  readonly id: number;
  readonly table: string;
  readonly where: readonly string[];
  readonly reason: string;
  readonly created_at: string;
}
