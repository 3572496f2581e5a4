/** What the page reads of `firn retention policy --json`: a table each. */
export type PoliciesJson = Readonly<
  Record<
    string,
    {
      readonly hot_days: number;
      readonly warm_days: number;
      readonly cold_days: number;
      readonly timestamp_column: string;
      readonly group: string | null;
      readonly open_while: string | null;
      readonly lookup_keys: readonly string[];
      readonly span: string;
      readonly keep_last: number;
      readonly with?: string | null;
      readonly references?: string | null;
    }
  >
>;
