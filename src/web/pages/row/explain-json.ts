/** What the page reads of `firn explain --json`. */
export interface ExplainJson {
  readonly table: string;
  readonly key_columns: readonly string[];
  /** The whole key, where its beginning was asked for. */
  readonly key: readonly string[];
  readonly found: boolean;
  readonly policy: { readonly hot_ms: number; readonly warm_ms: number; readonly cold_ms: number } | null;
  readonly places: readonly {
    readonly tier: 'hot' | 'warm' | 'cold';
    readonly path: string | null;
    /** When it was archived. */
    readonly since: string | null;
    readonly kept: readonly string[];
    readonly same_row: boolean | null;
    readonly time: string | null;
    readonly next: {
      readonly action: 'archive' | 'consolidate' | 'purge';
      readonly from: string;
      readonly rule: string;
    } | null;
    readonly row: Readonly<Record<string, unknown>>;
  }[];
  readonly referred_by: readonly { readonly table: string; readonly key: readonly string[] }[];
  readonly unit: {
    readonly parent: {
      readonly table: string;
      readonly key: readonly string[];
      readonly tier: string | null;
    } | null;
    readonly children: readonly {
      readonly table: string;
      readonly hot: number;
      readonly warm: number;
      readonly cold: number;
    }[];
  } | null;
  readonly traces: readonly string[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}
