/** A row of an answer in SQL, by column. Integers of 64 bits are bigint, BLOBs bytes, times `Date`. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** The row as an object, which `JSON.stringify` writes as the command line prints it. @internal */
export function sqlRow(columns: readonly { readonly name: string }[], values: readonly unknown[]): SqlRow {
  const row = Object.fromEntries(columns.map(({ name }, at) => [name, values[at] ?? null]));
  const plain = (): unknown =>
    Object.fromEntries(columns.map(({ name }, at) => [name, plainValue(values[at])]));
  if (!Object.hasOwn(row, 'toJSON')) Object.defineProperty(row, 'toJSON', { value: plain });
  return row;
}

/** A value as JSON text. Integers have all their digits; what is no number in JSON is a text. @internal */
export function sqlValueJson(value: unknown): string {
  return JSON.stringify(plainValue(value));
}

/** A value as text; null for NULL. @internal */
export function sqlValueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? sqlValueJson(value) : String(value);
}

function plainValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return rawInteger(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date || value instanceof Uint8Array) return sqlValueText(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
  return String(value);
}

/** All digits of an integer; TypeScript does not know of it yet. */
function rawInteger(value: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}
