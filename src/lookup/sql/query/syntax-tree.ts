/** A node of the syntax tree that DuckDB's `json_serialize_sql` gives. */
export type Node = Readonly<Record<string, unknown>>;

/** Every object in a tree. */
export function* everyNode(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* everyNode(inner);
}
