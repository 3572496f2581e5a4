/** What a DuckDB may use. */
export interface DuckLimits {
  /** Of its own memory. What does not fit into it goes to temporary files. */
  readonly memoryBytes: number;
  /** Of all temporary files. */
  readonly spillBytes: number;
  /** As many as there are cores when left out. */
  readonly threads?: number;
}

export const DUCK_LIMITS: DuckLimits = { memoryBytes: 1e9, spillBytes: 16e9 };
