/** What the page reads of `firn restore … --dry-run --json`. */
export interface EstimateJson {
  readonly into: string;
  readonly total: number;
  readonly exact: boolean;
  readonly segments: number;
  readonly raw_bytes: number;
  readonly tables: readonly {
    readonly table: string;
    readonly segments: number;
    readonly rows: number;
    readonly drift: readonly object[];
  }[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}
