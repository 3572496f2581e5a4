import type { DrainUnit } from '../hot/hot-store.ts';

const DIGEST_BYTES = 32;

/**
 * The units of one segment as three arrays, which cross to another thread without being copied. As objects each would bring two small
 * buffers of its own, which lie between the large ones in the copying thread's memory and keep them from being used again.
 */
export interface PackedUnits {
  /** Rows of each unit. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly digests: Uint8Array<ArrayBuffer>;
  /** Of all rows in the order of their lines; null for a table without rowids. */
  readonly rowids: BigInt64Array<ArrayBuffer> | null;
}

export function packUnits(units: readonly DrainUnit[]): PackedUnits {
  const rows = Uint32Array.from(units, (unit) => unit.rows);
  const digests = new Uint8Array(units.length * DIGEST_BYTES);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const rowids = units.every((unit) => unit.rowids !== null) ? new BigInt64Array(total) : null;
  let first = 0;
  for (const [at, unit] of units.entries()) {
    digests.set(unit.digest, at * DIGEST_BYTES);
    rowids?.set(unit.rowids!, first);
    first += unit.rows;
  }
  return { rows, digests, rowids };
}

/** What is to be given away, rather than copied, with a message that holds these units. */
export function buffersOf({ rows, digests, rowids }: PackedUnits): ArrayBuffer[] {
  return [rows.buffer, digests.buffer, ...(rowids === null ? [] : [rowids.buffer])];
}

export function unpackUnits({ rows, digests, rowids }: PackedUnits): DrainUnit[] {
  let first = 0;
  return Array.from(rows, (count, at) => {
    const digest = digests.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
    const unit = { first, rows: count, digest, rowids: rowids?.subarray(first, first + count) ?? null };
    first += count;
    return unit;
  });
}
